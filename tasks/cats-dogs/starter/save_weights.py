"""Train the network of model.py on your own computer and save its weights as model.pt2, to hand those in.

Run it in the folder that `arena download` made, where train.csv lies:

    python starter/save_weights.py

The arena trains nothing then: it gives the network the test images, from 0 to 1, and reads one probability for each.
"""

import pandas as pd
import torch
from model import Model
from torch import nn


class Centre(nn.Module):
    """What the Dataset of model.py does to an image: values from -0.5 to 0.5 in place of 0 to 1."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images - 0.5


train = pd.read_csv("train.csv", index_col="id")
# Here nobody counts your seconds: see what more epochs, or a larger network, do.
model = Model().fit(train[["file"]], train["dog"], epochs=6)
# The network gives a logit; the sigmoid makes a probability of it.
network = nn.Sequential(Centre(), model.network, nn.Sigmoid()).eval()

# torch follows two example images through the network and writes down each step. The first dimension is the number of
# images, which may be another one later.
example = torch.zeros(2, 3, 32, 32)
program = torch.export.export(network, (example,), dynamic_shapes=({0: torch.export.Dim("images")},))
torch.export.save(program, "model.pt2")
print("wrote model.pt2")
