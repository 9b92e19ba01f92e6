"""Computes a number of a billion digits in one operation that no interpreter interrupts; its time must end it."""

# Not a constant: checkers and compilers would compute it.
number = int("9") ** (9**9)
print(number)
