"""A good submission: the median price of the houses of the same quality, as a Model."""


class Model:
    def fit(self, X, y):
        self.medians = y.groupby(X["OverallQual"]).median()
        return self

    def predict(self, X):
        return X["OverallQual"].map(self.medians)
