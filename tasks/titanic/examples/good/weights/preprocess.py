def preprocess(X):
    """One column: 1.0 for a woman, 0.0 for a man."""
    return (X[["Sex"]] == "female").astype(float)
