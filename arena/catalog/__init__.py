"""Find a workspace and load the public definitions of its tasks."""
