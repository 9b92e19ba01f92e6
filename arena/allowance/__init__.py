"""Weekly device time of teams: what an attempt may cost, what it was charged, what is left."""
