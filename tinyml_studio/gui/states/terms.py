"""Terms of the field in a sentence each, for the tooltips of whatever bears them."""

SQNR = (
    "SQNR: the power of the float values over that of their error, in dB. One bit more is worth "
    "about 6 dB; below 10 dB the error has more than a tenth of the power"
)
ARENA = "The arena is the one block of RAM in which all activations lie, one over another in turn"
GRID = (
    "Scale: the real value of one step of the integers. Zero point: the integer that stands for 0. "
    "Clipped: the share of values outside the range, which become its first or last integer. "
    "Outliers: few values far out, which make every step coarser"
)
RANGE = "Drag a diamond to move an end of the range: SQNR and the clipped share follow"
WEIGHTS = (
    f"The layer's weights: float as an area, the integers that stand for them as a line. {RANGE}"
)
ACTIVATIONS = (
    "What the layer gives over the calibration data: float as an area, the integers that stand for "
    f"it as a line. {RANGE}"
)
