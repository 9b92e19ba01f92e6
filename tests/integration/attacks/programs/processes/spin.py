"""Burns CPU time without end; its CPU limit must end it, by that name."""

while True:
    pass
