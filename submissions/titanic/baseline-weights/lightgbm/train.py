"""Train the trees and save them as model.txt. Run at home: `python train.py train.csv`; the arena never runs this."""

import sys

import lightgbm
import pandas as pd

from preprocess import preprocess

SETTINGS = {
    "objective": "binary",  # the model gives the probability of the second label, 1
    "learning_rate": 0.05,
    "num_leaves": 5,
    "min_data_in_leaf": 15,
    "lambda_l2": 5.0,
    "seed": 0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}

train = pd.read_csv(sys.argv[1])
data = lightgbm.Dataset(preprocess(train), train["Survived"])
scores = lightgbm.cv({**SETTINGS, "metric": "binary_error"}, data, num_boost_round=60, nfold=5, seed=0)
print(f"right in cross-validation: {1 - scores['valid binary_error-mean'][-1]:.3f}")
lightgbm.train(SETTINGS, data, num_boost_round=60).save_model("model.txt")
