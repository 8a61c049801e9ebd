"""Train the motion example: a one-dimensional network on a synthetic three-axis set.

The data are made here: two seconds of an accelerometer at 50 Hz, in units of g, of four motions
(rest, wave, circle, shake) with random gravity direction, speed, strength, phase and noise. Run
with ``pip install torch onnx`` from this folder: ``python train.py`` rewrites ``model.onnx``,
``calibration.npz`` and ``test.npz``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).resolve().parent
SEED = 20261122
RATE_HZ = 50
LENGTH = 100
MOTIONS = ("rest", "wave", "circle", "shake")


def motion(kind: int, rng: np.random.Generator) -> np.ndarray:
    """One recording of shape ``(3, LENGTH)`` float32 in g."""
    time = np.arange(LENGTH) / RATE_HZ
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    strength = rng.uniform(0.25, 1.2)
    phase = rng.uniform(0, 2 * np.pi)
    slow = 2 * np.pi * rng.uniform(0.7, 2.2)
    fast = 2 * np.pi * rng.uniform(4.0, 9.0)
    curves = {
        0: np.zeros((3, LENGTH)),
        1: np.stack([strength * np.sin(slow * time + phase), 0 * time, 0 * time]),
        2: np.stack(
            [
                strength * np.sin(slow * time + phase),
                strength * np.cos(slow * time + phase),
                0 * time,
            ]
        ),
        3: np.stack(
            [
                strength * np.sin(fast * time + phase),
                0.5 * strength * np.sin(1.3 * fast * time),
                0 * time,
            ]
        ),
    }
    drift = rng.normal(size=(3, 1)) * 0.05 * time
    noise = rng.normal(size=(3, LENGTH)) * rng.uniform(0.02, 0.12)
    return (axes @ curves[kind] + axes[2][:, None] + drift + noise).astype(np.float32)


def recordings(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`count` recordings ``(N, 3, LENGTH)`` float32 and their labels ``(N,)``."""
    labels = rng.integers(0, len(MOTIONS), count)
    return np.stack([motion(int(label), rng) for label in labels]), labels


class Motion(nn.Module):
    """``(N, 3, 100)`` acceleration in g to four class probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(3, 16, 7, stride=2, padding=3),
            nn.ReLU(),
            nn.Conv1d(16, 24, 5, padding=4, dilation=2),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Conv1d(24, 32, 3, padding=1),
            nn.Hardswish(),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(32, 24),
            nn.ReLU(),
            nn.Linear(24, len(MOTIONS)),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities of shape ``(N, 4)``."""
        return torch.softmax(self.features(x), dim=1)


def fit(model: Motion, x: torch.Tensor, y: torch.Tensor, epochs: int = 40) -> None:
    """Train in place on the logits."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(64):
            loss = nn.functional.cross_entropy(model.features(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()


def main() -> None:
    """Make the data, train, print the accuracy, write the files."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    x, y = recordings(4000, rng)
    x_test, y_test = recordings(400, rng)
    model = Motion()
    fit(model, torch.from_numpy(x), torch.from_numpy(y))
    model.eval()
    with torch.no_grad():
        accuracy = (model(torch.from_numpy(x_test)).argmax(1).numpy() == y_test).mean()
    print(f"accuracy on {len(y_test)} new recordings: {accuracy:.4f}")
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, LENGTH),),
        FOLDER / "model.onnx",
        input_names=["acceleration"],
        output_names=["motion"],
        dynamic_axes={"acceleration": {0: "batch"}, "motion": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    # a resolution of 1 mg keeps the files small, as a real sensor would
    np.savez_compressed(
        FOLDER / "calibration.npz",
        x=np.rint(x[:150] * 1000).astype(np.int16),
        scale=np.float32(0.001),
        zero_point=np.int16(0),
    )
    np.savez_compressed(
        FOLDER / "test.npz",
        x=np.rint(x_test * 1000).astype(np.int16),
        y=y_test.astype(np.uint8),
        scale=np.float32(0.001),
        zero_point=np.int16(0),
    )


if __name__ == "__main__":
    main()
