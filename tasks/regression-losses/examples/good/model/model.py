"""A good submission: the median of the smokers, and that of the others, as a Model."""


class Model:
    def fit(self, X, y):
        self.medians = y.groupby(X["smoker"]).median()
        return self

    def predict(self, X):
        return X["smoker"].map(self.medians)
