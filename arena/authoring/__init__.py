"""What instructors do: build a task's public files and answers, try its examples."""
