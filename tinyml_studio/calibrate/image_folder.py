"""A folder of images: one sample each, the name of the subfolder is the label."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.calibrate.rows import AnyArray, Rows, kept_if_small
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Port
from tinyml_studio.ir.ops import Shape
from tinyml_studio.progress import Progress

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp"}
FORMATS = ("PNG", "JPEG", "BMP")
COLOUR_MODES = {1: "L", 3: "RGB"}
EIGHT_BIT_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}
BROKEN = (
    OSError,
    UnidentifiedImageError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True)
class PixelForm:
    """What an image must be to fit the model's input.

    Parameters
    ----------
    height, width, channels
        Size of the picture; 1 channel is gray, 3 are red, green and blue.
    shape
        The model's input; channels first when `channels_first`.
    """

    height: int
    width: int
    channels: int
    shape: Shape
    channels_first: bool


@dataclass(frozen=True, eq=False)
class ImageRows:
    """Pixels 0 to 255 of images, decoded when they are read."""

    paths: tuple[Path, ...]
    form: PixelForm

    @property
    def shape(self) -> tuple[int, ...]:
        """``(N, *input shape)``."""
        return (len(self.paths), *self.form.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Always uint8."""
        return np.dtype(np.uint8)

    @property
    def in_memory(self) -> bool:
        """Never."""
        return False

    def read(self, start: int, stop: int) -> AnyArray:
        """Decode the images `start` to `stop`."""
        pixels = np.empty((stop - start, *self.form.shape), np.uint8)
        for position, path in enumerate(self.paths[start:stop]):
            pixels[position] = _pixels(path, self.form)
        return pixels


def read_images(folder: Path, port: Port, progress: Progress) -> tuple[Rows, Int64Array | None]:
    """All images below `folder` as samples of `port`, and their labels when it has subfolders.

    Labels are the subfolders' names when all are numbers, else their positions in the alphabet.

    Raises
    ------
    DataError
        If there are no images, or one cannot be read or has another size than the input.
    """
    form = _pixel_form(folder, port)
    subfolders = sorted(entry for entry in folder.iterdir() if entry.is_dir() and _seen(entry))
    loose = _images_in(folder)
    if loose and any(map(_images_in, subfolders)):
        raise DataError(
            f"{folder} holds images beside subfolders of images",
            hint="put every image into the subfolder of its label, or all into one folder",
        )
    if loose:
        return kept_if_small(ImageRows(tuple(loose), form), progress), None
    labelled = [
        (path, label)
        for label, subfolder in zip(_label_numbers(subfolders), subfolders, strict=True)
        for path in _images_in(subfolder)
    ]
    if not labelled:
        raise DataError(f"{folder} holds no PNG, JPEG or BMP images")
    paths, labels = zip(*labelled, strict=True)
    return kept_if_small(ImageRows(paths, form), progress), np.array(labels, np.int64)


def _pixel_form(folder: Path, port: Port) -> PixelForm:
    """How images lie in the model's input; the last axis is taken for the channels when unsure."""
    shape = port.shape
    if len(shape) == 2:
        return PixelForm(*shape, 1, shape, channels_first=False)
    moved_first = port.perm == (1, 2, 0)
    if len(shape) == 3 and shape[2] in COLOUR_MODES and not moved_first:
        return PixelForm(shape[0], shape[1], shape[2], shape, channels_first=False)
    if len(shape) == 3 and shape[0] in COLOUR_MODES:
        return PixelForm(shape[1], shape[2], shape[0], shape, channels_first=True)
    raise DataError(
        f"The images in {folder} do not fit the model's input {port.name!r}",
        detail=f"its shape {shape} is not that of a gray or RGB image",
    )


def _images_in(folder: Path) -> list[Path]:
    """The image files of a folder by name."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in SUFFIXES and _seen(entry) and entry.is_file()
    )


def _seen(entry: Path) -> bool:
    return not entry.name.startswith(".")


def _label_numbers(subfolders: Sequence[Path]) -> list[int]:
    """The label of each subfolder."""
    names = [entry.name for entry in subfolders]
    if all(name.isascii() and name.isdigit() and len(name) < 10 for name in names):
        return [int(name) for name in names]
    return list(range(len(names)))


def _pixels(path: Path, form: PixelForm) -> AnyArray:
    """One image as ``(*input shape)`` uint8."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # damaged metadata
            with Image.open(path, formats=FORMATS) as image:
                _check_image(path, image, form)
                pixels = np.asarray(image.convert(COLOUR_MODES[form.channels]))
    except BROKEN as error:
        raise DataError(f"The image {path} cannot be read", detail=str(error)) from error
    with_channels = pixels.reshape(form.height, form.width, form.channels)
    moved = with_channels.transpose(2, 0, 1) if form.channels_first else with_channels
    return moved.reshape(form.shape)


def _check_image(path: Path, image: Image.Image, form: PixelForm) -> None:
    """DataError unless the size is the input's; only then are the pixels unpacked."""
    if image.size != (form.width, form.height):
        raise DataError(
            f"The image {path} is {image.width} x {image.height} pixels",
            detail=f"the model's input is {form.width} x {form.height}",
            hint="scale the images to the size that the model was trained on",
        )
    if image.mode not in EIGHT_BIT_MODES:
        raise DataError(
            f"The image {path} does not have 8 bits per channel",
            detail=f"its pixels are of the kind {image.mode}",
            hint="convert the images, or save the values as an array",
        )
