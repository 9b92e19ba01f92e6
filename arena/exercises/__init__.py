"""Exercises: cases as data, what is right, what learners are told. Nothing here runs anything."""
