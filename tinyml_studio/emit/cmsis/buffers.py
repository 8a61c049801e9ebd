"""Bytes of working memory that CMSIS-NN's functions take.

Without Helium it is what they take on the core that takes most, of those with the DSP extension and
those without; with Helium on any core.

Source: the ``..._get_buffer_size`` functions of CMSIS-NN 7 for plain C, DSP and MVE.
"""

from __future__ import annotations

from dataclasses import dataclass

_MVE_CHANNELS = 124  # CH_IN_BLOCK_MVE
_LANES = 16


@dataclass(frozen=True, slots=True)
class Filter:
    """A convolution as far as it decides on working memory.

    Parameters
    ----------
    height, width, channels
        Of one filter; the channels are all that the input has.
    strides, dilations, pads
        Down and along; of the pads those before.
    input_width, output_width
        Of the images.
    """

    height: int
    width: int
    channels: int
    strides: tuple[int, int]
    dilations: tuple[int, int]
    pads: tuple[int, int]
    input_width: int
    output_width: int

    @property
    def size(self) -> int:
        """Weights of one filter over all input channels."""
        return self.height * self.width * self.channels

    @property
    def is_pointwise(self) -> bool:
        """Whether it is a 1 x 1 convolution, which needs no columns."""
        plain = self.pads == (0, 0) and self.dilations == (1, 1)
        return plain and self.height == self.width == 1


def convolution_s8(held: Filter, *, helium: bool) -> int:
    """For ``arm_convolve_wrapper_s8``; those in groups take the columns of a pointwise one too."""
    columns = 2 * _up(held.size, 4) * 2
    return max(columns, 4 * _up(held.size, _LANES), _row(held)) if helium else columns


def convolution_s4(held: Filter, *, helium: bool) -> int:
    """For ``arm_convolve_wrapper_s4``."""
    if held.is_pointwise:
        return 0
    columns = 2 * held.size * 2
    return max(columns, 4 * _up(held.size, _LANES)) if helium else columns


def convolution_s16(held: Filter, *, helium: bool) -> int:
    """For ``arm_convolve_wrapper_s16``."""
    return 4 * _up(held.size, 8) * 2 if helium else 2 * held.size * 2


def depthwise_s8(held: Filter, outputs: int, *, helium: bool) -> int:
    """For ``arm_depthwise_conv_wrapper_s8``."""
    if held.channels == 1 and outputs > 1 and helium:
        return convolution_s8(held, helium=True) + outputs * held.height * held.width
    if held.channels != outputs or held.dilations != (1, 1):
        return 0
    if helium:
        return max(_blocks(held), 2 * held.size)
    small = held.height == held.width == 3 and max(held.pads) <= 1
    return 0 if small else 2 * held.size


def depthwise_s4(held: Filter, outputs: int, *, helium: bool) -> int:
    """For ``arm_depthwise_conv_wrapper_s4``."""
    if held.channels != outputs or held.dilations != (1, 1):
        return 0
    return max(_blocks(held), 2 * held.size) if helium else 2 * held.size


def depthwise_s16(held: Filter, outputs: int, *, helium: bool) -> int:
    """For ``arm_depthwise_conv_wrapper_s16``."""
    if held.channels != outputs or held.dilations != (1, 1):
        return 0
    return 4 * held.size * 2 + 8 if helium else 2 * held.size


def dense_s8(outputs: int, *, helium: bool) -> int:
    """For ``arm_fully_connected_s8``: the sums of the weights."""
    return 4 * outputs if helium else 0


def average_pool(channels: int) -> int:
    """For ``arm_avgpool_s8`` and ``_s16``: one sum per channel."""
    return 4 * channels


def _up(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple


def _blocks(held: Filter) -> int:
    """Of depthwise convolutions in blocks of channels."""
    return 4 * _MVE_CHANNELS * held.height * held.width


def _row(held: Filter) -> int:
    """Of convolutions along a row."""
    pad, stride, channels = held.pads[1], held.strides[1], held.channels
    odd = ((held.output_width - 1) * stride + held.width - held.input_width) % 2
    right = max(1, (pad + odd + stride - 1) // stride) if pad + odd else 0
    elements = held.width * channels
    pad_right = (right if odd else pad) * channels
    return max(elements + pad * channels, elements - channels + pad_right)
