"""Draws the statement's pictures, losses.en.svg and losses.bn.svg: residuals against the three losses.

    python make.py [FOLDER]

writes them into FOLDER, else beside this file. The residuals are those of two linear models in cross-validation on
public/train.csv: least squares (OLS) and least absolute deviations (LAD). Nothing is random, so the same versions of
the packages always draw the same picture. Text stays text, and the reader's program shapes it: matplotlib itself cannot
join Bengali letters, so the Bengali picture is the English one with other words.
"""

import io
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, QuantileRegressor
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

mpl.use("svg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
DELTA = 3000
FROM, TO = -15, 30  # thousands of dollars
# Colours that colour-blind people tell apart (Okabe and Ito), on a card of its own: readable on light and dark pages.
CARD, INK, FAINT = "#ffffff", "#24292f", "#8c959f"
MSE, HUBER, MAE = "#d55e00", "#009e73", "#0072b2"
OLS, LAD = MSE, MAE

# Every text of the picture, and in Bengali.
LOSS = "What one error costs"
LOSS_AXIS = f"loss, as a multiple of that of ${DELTA:,}"
RESIDUALS = "Errors of two linear models"
ERROR_AXIS = "error: true − predicted charges, in thousands of dollars"
PEOPLE = "people"
SORTED = "The same errors, sorted by size"
SHARE = "share of the people (%)"
SIZE_AXIS = "size of the error, in thousands of dollars"
LEAST_SQUARES = "least squares (OLS)"
LEAST_ABSOLUTE = "least absolute error (LAD)"
BENGALI = {
    LOSS: "একটি ভুলের দাম কত",
    LOSS_AXIS: f"লস, ${DELTA:,} ভুলের লসের কত গুণ",
    RESIDUALS: "দুটি লিনিয়ার মডেলের ভুল",
    ERROR_AXIS: "ভুল: আসল খরচ − প্রেডিকশন, হাজার ডলারে",
    PEOPLE: "কতজন",
    SORTED: "একই ভুল, ছোট থেকে বড় সাজানো",
    SHARE: "মানুষের কত শতাংশ (%)",
    SIZE_AXIS: "ভুল কত বড়, হাজার ডলারে",
    LEAST_SQUARES: "OLS: বর্গের গড় সবচেয়ে কম",
    LEAST_ABSOLUTE: "LAD: পরম মানের গড় সবচেয়ে কম",
}


def residuals():
    """The errors of each model, in thousands of dollars, each person's by a model that never saw that person."""
    train = pd.read_csv(HERE.parent / "public" / "train.csv", index_col="id")
    X, y = train.drop(columns="charges"), train["charges"]
    folds = KFold(n_splits=5, shuffle=True, random_state=0)
    found = {}
    for name, linear in (("ols", LinearRegression()), ("lad", QuantileRegressor(quantile=0.5, alpha=0))):
        prepare = make_column_transformer(
            (StandardScaler(), ["age", "bmi", "children"]), (OneHotEncoder(drop="first"), ["sex", "smoker", "region"])
        )
        found[name] = (y - cross_val_predict(make_pipeline(prepare, linear), X, y, cv=folds)).to_numpy() / 1000
    return found


def draw(errors):
    """The picture in English, as the text of an SVG file."""
    figure = plt.figure(figsize=(10, 5.6), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(3, 2), width_ratios=(3, 2))
    losses, below, right = (figure.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1]))
    delta = DELTA / 1000
    x = np.linspace(FROM, TO, 181)
    size = np.abs(x)
    at_delta = delta * delta / 2
    huber = np.where(size <= delta, x * x / 2, delta * (size - delta / 2)) / at_delta
    losses.plot(x, (x / delta) ** 2, color=MSE)
    losses.plot(x, huber, color=HUBER, linewidth=2.5)
    losses.plot(x, size / delta, color=MAE, linestyle="--")
    for name, colour, where in (("MSE", MSE, (14.6, 20)), ("Huber", HUBER, (17.5, 14.6)), ("MAE", MAE, (24, 5.8))):
        losses.annotate(name, where, color=colour, weight="bold")
    losses.set(title=LOSS, ylabel=LOSS_AXIS, xlim=(FROM, TO), ylim=(0, 25))

    bins = np.arange(FROM, TO + 0.5, 0.5)
    for name, colour, label in (("ols", OLS, LEAST_SQUARES), ("lad", LAD, LEAST_ABSOLUTE)):
        below.hist(errors[name], bins=bins, histtype="step", color=colour, label=label, linewidth=1.4)
    below.set(title=RESIDUALS, xlabel=ERROR_AXIS, ylabel=PEOPLE, xlim=(FROM, TO))
    below.legend(frameon=False, loc="upper right")
    for axes in (losses, below):
        for edge in (-delta, delta):
            axes.axvline(edge, color=FAINT, linewidth=0.8, linestyle=":")
    losses.annotate(f"δ = ${DELTA:,}", (delta, 24.5), xytext=(4, 0), textcoords="offset points", va="top")

    share = np.linspace(0, 100, len(errors["ols"]))
    ols, lad = np.sort(np.abs(errors["ols"])), np.sort(np.abs(errors["lad"]))
    right.plot(share, ols, color=OLS, label=LEAST_SQUARES)
    right.plot(share, lad, color=LAD, label=LEAST_ABSOLUTE)
    right.axhline(delta, color=FAINT, linewidth=0.8, linestyle=":")
    right.set(title=SORTED, xlabel=SHARE, ylabel=SIZE_AXIS, xlim=(0, 100), ylim=(0, TO))
    right.legend(frameon=False, loc="upper left")
    crossing = share[np.flatnonzero(lad > ols)[0]]
    print(f"sorted by size, LAD's errors are smaller than those of OLS up to {crossing:.0f} % of the people")

    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    svg = io.StringIO()
    figure.savefig(svg, format="svg", metadata={"Date": None})
    plt.close(figure)
    return svg.getvalue()


def in_bengali(svg):
    """The same picture with Bengali words."""
    for english, bengali in BENGALI.items():
        assert f">{english}</text>" in svg, english
        svg = svg.replace(f">{english}</text>", f">{bengali}</text>")
    return svg


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    plt.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "regression-losses",
            "font.family": "sans-serif",
            "font.size": 10,
            "figure.facecolor": CARD,
            **dict.fromkeys(["text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"], INK),
        }
    )
    svg = draw(residuals())
    for language, text in (("en", svg), ("bn", in_bengali(svg))):
        (folder / f"losses.{language}.svg").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
