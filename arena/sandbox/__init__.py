"""Run hostile code under limits and bring back named files, a log and what it cost."""
