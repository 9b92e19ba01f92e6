"""arena: a Kaggle-style competition and grading harness with hidden labels and an honest leaderboard."""

__version__ = "0.1.0"
