"""Write trained weights of every format below the folder that is the first argument: good ones and bad ones.

Each case is a folder, as a learner would hand it in. ``good/<case>`` says which of three columns is the largest, and
``expected.json`` what that is for the rows of ``test.csv``, as the library itself says here. What is wrong with
``bad/<case>`` is in its name.
"""

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import keras
import lightgbm
import numpy as np
import onnx
import pandas as pd
import skops.io
import torch
from onnx import TensorProto, helper
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

LABELS = ["red", "green", "blue"]
COLUMNS = ["a", "b", "c"]
ROOT = Path(sys.argv[1])
GOOD, BAD = ROOT / "good", ROOT / "bad"
TEST = pd.read_csv(sys.argv[2])
X = TEST[COLUMNS].to_numpy()
LARGEST = [LABELS[code] for code in X.argmax(axis=1)]
EXPECTED: dict[str, list[str]] = {}


def place(group: Path, case: str, name: str) -> Path:
    """Where a file of a case goes."""
    path = group / case / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def good(case: str, name: str, expected: list[str] = LARGEST) -> str:
    """Where a file of a good case goes."""
    EXPECTED[case] = expected
    return str(place(GOOD, case, name))


def steps(group: Path, case: str, source: str) -> None:
    """Put a preprocess.py beside the weights of a case."""
    place(group, case, "preprocess.py").write_text(source, encoding="utf-8")


# --- ONNX


def tensor(name: str, shape: list[Any], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    """An input or output; the rows are its first size."""
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    *weights: onnx.TensorProto,
    opset: int = 18,
    ir: int = 9,
    domain: str | None = None,
) -> onnx.ModelProto:
    """A model of a few nodes."""
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(weights))
    opsets = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir)


MATMUL = helper.make_node("MatMul", ["x", "W"], ["y"])
CONCAT = helper.make_node("Concat", COLUMNS, ["y"], axis=1)
ROWS3 = [tensor("y", ["n", 3])]


def linear(rows: int | str = "n", width: int = 3, **options: Any) -> onnx.ModelProto:
    """Scores that are the first three columns themselves."""
    eye = helper.make_tensor("W", TensorProto.FLOAT, [width, 3], np.eye(width, 3, dtype=np.float32).ravel())
    return model([MATMUL], [tensor("x", [rows, width])], [tensor("y", [rows, 3])], eye, **options)


onnx.save(linear(), good("onnx", "model.onnx"))
onnx.save(linear(rows=1), good("onnx-one-row-at-once", "model.onnx"))
onnx.save(linear(rows=7), good("onnx-seven-rows-at-once", "model.onnx"))
onnx.save(model([CONCAT], [tensor(name, ["n", 1]) for name in COLUMNS], ROWS3), good("onnx-columns", "model.onnx"))
onnx.save(
    linear(),
    good("onnx-two-files", "model.onnx"),
    save_as_external_data=True,
    location="model.onnx.data",
    size_threshold=0,
)
onnx.save(linear(), good("onnx-preprocess", "model.onnx", ["blue" if name == "red" else name for name in LARGEST]))
steps(
    GOOD,
    "onnx-preprocess",
    "import pandas as pd\n"
    "def preprocess(X):\n    return X[['a', 'b', 'c']].to_numpy('float64')\n"
    "def postprocess(output, X):\n"
    "    names = pd.Series(output.argmax(axis=1)).map({0: 'blue', 1: 'green', 2: 'blue'})\n"
    "    return names.to_numpy()\n",
)
# What scikit-learn's classifiers become in ONNX: labels first, then for each row a map from label to probability.
zipmap = helper.make_node("ZipMap", ["y"], ["z"], domain="ai.onnx.ml", classlabels_strings=sorted(LABELS))
index = helper.make_tensor("W", TensorProto.FLOAT, [3, 3], [0, 0, 1, 0, 1, 0, 1, 0, 0])
maps = helper.make_value_info(
    "z",
    helper.make_sequence_type_proto(
        helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(1, []))
    ),
)
onnx.save(
    model([MATMUL, zipmap], [tensor("x", ["n", 3])], [maps], index, domain="ai.onnx.ml"),
    good("onnx-maps", "model.onnx"),
)

onnx.save(linear(opset=99), place(BAD, "onnx-opset", "model.onnx"))
onnx.save(linear(ir=99), place(BAD, "onnx-ir", "model.onnx"))
onnx.save(linear(width=5), place(BAD, "onnx-width", "model.onnx"))
magic = helper.make_node("Magic", ["x"], ["y"], domain="com.example")
onnx.save(
    model([magic], [tensor("x", ["n", 3])], ROWS3, domain="com.example"), place(BAD, "onnx-operator", "model.onnx")
)
unknown = [tensor(name, ["n", 1]) for name in ("a", "b", "weight")]
onnx.save(
    model([helper.make_node("Concat", ["a", "b", "weight"], ["y"], axis=1)], unknown, ROWS3),
    place(BAD, "onnx-no-column", "model.onnx"),
)
onnx.save(model([CONCAT], [tensor(name, ["n", 1]) for name in COLUMNS], ROWS3), place(BAD, "onnx-name", "model.onnx"))
steps(BAD, "onnx-name", "def preprocess(X):\n    return {'a': X[['a']], 'b': X[['b']], 'C': X[['c']]}\n")
onnx.save(linear(), place(BAD, "onnx-shape", "model.onnx"))
steps(BAD, "onnx-shape", "def preprocess(X):\n    return X[['a', 'b']].to_numpy()\n")
onnx.save(linear(), place(BAD, "onnx-rows", "model.onnx"))
steps(BAD, "onnx-rows", "def preprocess(X):\n    return X[['a', 'b', 'c']].dropna().head(3)\n")
summed = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)
onnx.save(model([summed], [tensor("x", ["n", 3])], [tensor("y", [])]), place(BAD, "onnx-scalar", "model.onnx"))
onnx.save(linear(), place(BAD, "preprocess-raises", "model.onnx"))
steps(BAD, "preprocess-raises", "def preprocess(X):\n    return X['weight']\n")
onnx.save(linear(), place(BAD, "preprocess-misspelled", "model.onnx"))
steps(BAD, "preprocess-misspelled", "def preproces(X):\n    return X\n")
cut = linear().SerializeToString()
place(BAD, "onnx-cut", "model.onnx").write_bytes(cut[:-20])

# Hostile: weights in files of the machine's, and a tensor of four terabytes.
for case, location in {"onnx-absolute": "/etc/passwd", "onnx-outside": "../input/petals/test.csv"}.items():
    outside = linear()
    (weights,) = outside.graph.initializer
    weights.ClearField("float_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": "36"}.items():
        weights.external_data.add(key=key, value=value)
    onnx.save(outside, place(BAD, case, "model.onnx"))
size = helper.make_tensor("size", TensorProto.INT64, [2], [10**6, 10**6])
huge = helper.make_node("ConstantOfShape", ["size"], ["y"])
onnx.save(
    model([huge], [tensor("x", ["n", 3])], [tensor("y", [None, None])], size), place(BAD, "onnx-huge", "model.onnx")
)

# --- torch


class Net(torch.nn.Module):
    """Scores that are the columns themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3, 3, bias=False)
        self.layer.weight.data = torch.eye(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (rows, 3) to shape (rows, 3)."""
        scores: torch.Tensor = self.layer(x)
        return scores


net = Net().eval()
jit: Any = torch.jit
jit.script(net).save(good("torchscript", "model.pt"))
jit.trace(net, torch.zeros(2, 3)).save(good("torchscript-traced", "model.ts"))
rows = {"x": {0: torch.export.Dim.DYNAMIC}}
torch.export.save(torch.export.export(net, (torch.zeros(2, 3),), dynamic_shapes=rows), good("export", "model.pt2"))
torch.export.save(torch.export.export(net, (torch.zeros(4, 3),)), good("export-four-rows-at-once", "model.pt2"))
torch.export.save(torch.export.export(net, (), {"x": torch.zeros(4, 3)}), good("export-by-name", "model.pt2"))
jit.script(torch.nn.Linear(5, 3)).save(str(place(BAD, "torchscript-width", "model.pt")))
# A pickle beside the code that torch.jit.save wrote, which a reader of pickles would run.
evil = place(BAD, "torchscript-pickle", "model.pt")
with zipfile.ZipFile(good("torchscript", "model.pt")) as source, zipfile.ZipFile(evil, "w") as target:
    for name in source.namelist():
        data = b"cposix\nsystem\n(S'echo it ran'\ntR." if name.endswith("data.pkl") else source.read(name)
        target.writestr(name, data)

# --- Keras

net_in = keras.Input((3,))
kept = keras.Model(net_in, keras.layers.Dense(3, use_bias=False, name="scores")(net_in))
kept.get_layer("scores").set_weights([np.eye(3)])
kept.save(good("keras", "model.keras"))
named = [keras.Input((1,), name=name) for name in COLUMNS]
keras.Model(named, keras.layers.Concatenate()(named)).save(good("keras-columns", "model.keras"))
keras.Sequential([net_in, keras.layers.Lambda(lambda x: 2 * x)]).save(place(BAD, "keras-lambda", "model.keras"))


class Own(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """A layer that only this file knows."""

    def call(self, x: object) -> object:
        """Nothing happens."""
        return x


keras.Sequential([net_in, Own()]).save(place(BAD, "keras-own-layer", "model.keras"))
wide = keras.Input((5,))
keras.Model(wide, keras.layers.Dense(3)(wide)).save(place(BAD, "keras-width", "model.keras"))
# Its weights unpack to more than the sandbox may hold.
bomb = place(BAD, "keras-bomb", "model.keras")
with (
    zipfile.ZipFile(good("keras", "model.keras")) as source,
    zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target,
):
    for name in source.namelist():
        if name.endswith(".h5"):
            with target.open(name, "w", force_zip64=True) as member:
                for _ in range(700):
                    member.write(bytes(1 << 20))
        else:
            target.writestr(name, source.read(name))

# --- LightGBM

draw = np.random.default_rng(5)
train = pd.DataFrame(draw.normal(size=(3000, 3)), columns=COLUMNS)
codes = train.to_numpy().argmax(axis=1)
options = {"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1, "seed": 5}
booster = lightgbm.train(options, lightgbm.Dataset(train[["c", "a", "b"]], codes), 20)
said = [LABELS[code] for code in np.argmax(booster.predict(TEST[["c", "a", "b"]]), axis=1)]
booster.save_model(good("lightgbm", "model.txt", said))
text = Path(good("lightgbm", "model.txt", said)).read_text(encoding="utf-8")
Path(good("lightgbm-line-ends", "model.txt", said)).write_text(text.replace("\n", "\r\n"), encoding="utf-8")
place(BAD, "lightgbm-cut", "model.txt").write_text(text[: len(text) // 2], encoding="utf-8")
wider = lightgbm.train(options, lightgbm.Dataset(draw.normal(size=(3000, 5)), codes), 2)
wider.save_model(place(BAD, "lightgbm-width", "model.txt"))

# --- scikit-learn

names = np.array(LABELS)[codes]
by_name = make_pipeline(make_column_transformer((StandardScaler(), COLUMNS)), LogisticRegression()).fit(train, names)
by_place = LogisticRegression().fit(train.to_numpy(), names)
skops.io.dump(by_name, good("skops", "model.skops", list(by_name.predict(TEST[COLUMNS]))))
of_two = codes < 2
two_names = LogisticRegression().fit(train.to_numpy()[of_two], names[of_two])
skops.io.dump(two_names, good("skops-two-labels", "model.skops", list(two_names.predict(X))))
skops.io.dump(by_place, good("skops-without-names", "model.skops", list(by_place.predict(X))))


def own_step(values: object) -> object:
    """A function that only this file knows."""
    return values


skops.io.dump(
    make_pipeline(FunctionTransformer(own_step), LogisticRegression()).fit(train, names),
    place(BAD, "skops-own-type", "model.skops"),
)
skops.io.dump(FunctionTransformer(os.system), place(BAD, "skops-hostile-type", "model.skops"))
skops.io.dump(StandardScaler().fit(train), place(BAD, "skops-no-predict", "model.skops"))

(ROOT / "expected.json").write_text(json.dumps(EXPECTED), encoding="utf-8")
