"""A bad submission: it fits a linear model to columns with missing cells, which scikit-learn refuses."""

from sklearn.linear_model import LinearRegression


class Model:
    def fit(self, X, y):
        self.linear = LinearRegression().fit(X[["GrLivArea", "LotFrontage"]], y)
        return self

    def predict(self, X):
        return self.linear.predict(X[["GrLivArea", "LotFrontage"]])
