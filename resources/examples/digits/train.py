"""Train the digits example: a small residual network with a depthwise layer on 8 x 8 digits.

Data: the handwritten digits that scikit-learn bundles (UCI ML, CC BY 4.0), 1,797 images with
values 0 to 16. Run with ``pip install torch scikit-learn onnx`` from this folder:
``python train.py`` rewrites ``model.onnx``, ``calibration.npz`` and ``test.npz``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

FOLDER = Path(__file__).resolve().parent
SEED = 20261122
EPOCHS = 60


class Residual(nn.Module):
    """Depthwise 3 x 3, pointwise 1 x 1, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm_out = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(N, C, H, W)`` to the same shape."""
        y = torch.relu(self.norm(self.depthwise(x)))
        return torch.relu(x + self.norm_out(self.pointwise(y)))


class Digits(nn.Module):
    """``(N, 1, 8, 8)`` pixels 0 to 16 to ten logits."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.block = Residual(16)
        self.down = nn.Sequential(
            nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()
        )
        self.block_2 = Residual(32)
        self.head = nn.Linear(32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of shape ``(N, 10)``."""
        y = self.block_2(self.down(self.block(self.stem(x / 16.0))))
        return self.head(y.mean(dim=(2, 3)))


def fit(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    """Train in place with random shifts of one pixel."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        model.train()
        for batch in torch.randperm(len(x)).split(64):
            shift = torch.randint(-1, 2, (2,)).tolist()
            loss = nn.functional.cross_entropy(
                model(torch.roll(x[batch], shift, dims=(2, 3))), y[batch], label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()


def main() -> None:
    """Train, print the accuracy, write the files."""
    torch.manual_seed(SEED)
    digits = load_digits()
    images = digits.images[:, None].astype(np.float32)
    x, x_test, y, y_test = train_test_split(
        images, digits.target, test_size=450, random_state=SEED, stratify=digits.target
    )
    model = Digits()
    fit(model, torch.from_numpy(x), torch.from_numpy(y))
    model.eval()
    with torch.no_grad():
        accuracy = (model(torch.from_numpy(x_test)).argmax(1).numpy() == y_test).mean()
    print(f"accuracy on {len(y_test)} held-out digits: {accuracy:.4f}")
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, 8, 8),),
        FOLDER / "model.onnx",
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
        # keeps the batch norms as nodes, so that the example shows them being folded
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )
    np.savez_compressed(FOLDER / "calibration.npz", x=x[:200].astype(np.uint8))
    np.savez_compressed(FOLDER / "test.npz", x=x_test.astype(np.uint8), y=y_test.astype(np.uint8))


if __name__ == "__main__":
    main()
