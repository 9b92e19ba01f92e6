"""How model.onnx was trained. It is not run here: only the weights are handed in.

    python train.py FOLDER

with the folder that `arena download digits` made. A few minutes on one core.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

EPOCHS = 24
BATCH = 64
SHIFT = 2


def build() -> nn.Module:
    """The network. It takes what arena gives an ONNX model of an image task: float32 of shape (n, 1, 28, 28), 0 to 1."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),  # 16 x 28 x 28
        nn.ReLU(),
        nn.MaxPool2d(2),  # 16 x 14 x 14
        nn.Conv2d(16, 32, kernel_size=3, padding=1),  # 32 x 14 x 14
        nn.ReLU(),
        nn.MaxPool2d(2),  # 32 x 7 x 7
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),  # a score for each digit, in the order of the task's labels
    )


def shifted(images: torch.Tensor) -> torch.Tensor:
    """The batch, moved by up to two pixels: a 7 is still a 7."""
    down, right = torch.randint(-SHIFT, SHIFT + 1, (2,)).tolist()
    return torch.roll(images, (down, right), dims=(2, 3))


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    train = np.load(Path(sys.argv[1]) / "train.npz")
    images = torch.tensor(train["images"], dtype=torch.float32).unsqueeze(1) / 255
    digits = torch.tensor(train["labels"])

    network = build()
    steps = EPOCHS * -(-len(images) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.004, total_steps=steps)
    loss_function = nn.CrossEntropyLoss()
    for epoch in range(EPOCHS):
        losses = []
        for rows in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            loss = loss_function(network(shifted(images[rows])), digits[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)

    network.eval()
    rows = torch.export.Dim("rows", min=1)
    torch.onnx.export(
        network,
        (images[:2],),
        "model.onnx",
        input_names=["images"],
        output_names=["scores"],
        dynamic_shapes=[{0: rows}],
        external_data=False,
    )
    # The exporter notes where on this machine each step comes from; that is nobody's business.
    model = onnx.load("model.onnx")
    for part in (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output, *model.graph.value_info):
        del part.metadata_props[:]
    onnx.save(model, "model.onnx")


if __name__ == "__main__":
    main()
