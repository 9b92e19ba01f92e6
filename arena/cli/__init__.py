"""The command line: the only place that prints. A command parses, makes one call, and shows the result."""
