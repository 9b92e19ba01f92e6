"""What runs inside the sandbox. It imports nothing else of arena, and nothing in it is secret."""
