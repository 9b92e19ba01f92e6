"""A bad submission: predict gives one number for all rows, that of a person of middle age."""


class Model:
    def fit(self, X, y):
        self.per_year = y.sum() / X["age"].sum()
        return self

    def predict(self, X):
        return [self.per_year * X["age"].mean()]
