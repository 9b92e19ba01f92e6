"""Train the network of model.py on your own computer and save its weights as model.pt2, to hand those in.

Run it in the folder that `arena download` made, where train.csv lies:

    python starter/save_weights.py

The arena trains nothing then: it gives the network the test images and reads ten numbers for each.
"""

import pandas as pd
import torch
from model import Model

train = pd.read_csv("train.csv", index_col="id")
# Here nobody counts your seconds: see what more epochs, or a larger network, do.
network = Model().fit(train[["file"]], train["digit"], epochs=6).network.eval()

# torch follows two example images through the network and writes down each step. The first dimension is the number of
# images, which may be another one later.
example = torch.zeros(2, 1, 28, 28)
program = torch.export.export(network, (example,), dynamic_shapes=({0: torch.export.Dim("images")},))
torch.export.save(program, "model.pt2")
print("wrote model.pt2")
