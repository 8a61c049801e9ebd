"""Optional functions of a header that turn real numbers into integers and back."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.profile import Arithmetic
from tinyml_studio.emit.ports import Port


def helper_prototypes(prefix: str, ports: Sequence[Port], arithmetic: Arithmetic) -> str:
    """Declarations behind ``..._FLOAT_HELPERS``."""
    ties = "to even" if arithmetic.is_float32 else "away from zero"
    lines = "".join(f"{_signature(prefix, port)};\n" for port in ports)
    return (
        f"#ifdef {prefix.upper()}_FLOAT_HELPERS\n"
        f"/* Real numbers to the grid of an input, to nearest with ties {ties}, and the\n"
        " * integers of an output to real numbers; all elements. */\n"
        f"{lines}#endif\n"
    )


def helper_functions(prefix: str, ports: Sequence[Port], arithmetic: Arithmetic) -> str:
    """Definitions behind ``..._FLOAT_HELPERS``, whose inputs round as the simulator does."""
    quantize = _quantize_float32 if arithmetic.is_float32 else _quantize
    bodies = "\n".join(
        quantize(prefix, port) if port.is_input else _dequantize(prefix, port) for port in ports
    )
    return f"#ifdef {prefix.upper()}_FLOAT_HELPERS\n{bodies}#endif\n"


def _signature(prefix: str, port: Port) -> str:
    type_ = f"{prefix}_{port.name}_t"
    if port.is_input:
        return f"void {prefix}_quantize_{port.name}(const float *real, {type_} *integers)"
    return f"void {prefix}_dequantize_{port.name}(const {type_} *integers, float *real)"


def _quantize(prefix: str, port: Port) -> str:
    name = f"{prefix}_{port.name}".upper()
    type_, zero = port.tensor.type, port.tensor.zero_point
    # the quotient in float, as TFLite computes; the comparisons also catch what is no number
    return f"""{_signature(prefix, port)}
{{
    for (int32_t i = 0; i < {name}_SIZE; i++) {{
        const double steps = (double)(real[i] / {name}_SCALE);
        int32_t value = {zero};

        if (steps >= {type_.max - zero}.0) {{
            value = {type_.max};
        }} else if (steps <= {type_.min - zero}.0) {{
            value = {type_.min};
        }} else if (steps >= 0.0) {{
            value += (int32_t)(steps + 0.5);
        }} else if (steps < 0.0) {{
            value -= (int32_t)(0.5 - steps);
        }}
        integers[i] = ({prefix}_{port.name}_t)value;
    }}
}}
"""


def _quantize_float32(prefix: str, port: Port) -> str:
    name = f"{prefix}_{port.name}".upper()
    type_, zero = port.tensor.type, port.tensor.zero_point
    return f"""{_signature(prefix, port)}
{{
    for (int32_t i = 0; i < {name}_SIZE; i++) {{
        const float steps = real[i] / {name}_SCALE;
        int32_t value = 0;

        if (steps >= {type_.max - zero}.0f) {{
            value = {type_.max - zero};
        }} else if (steps <= {type_.min - zero}.0f) {{
            value = {type_.min - zero};
        }} else if ((steps >= 0.0f) || (steps < 0.0f)) {{
            float rest;

            value = (int32_t)steps;
            rest = steps - (float)value;
            value += (int32_t)((rest > 0.5f) || ((rest >= 0.5f) && ((value % 2) != 0)));
            value -= (int32_t)((rest < -0.5f) || ((rest <= -0.5f) && ((value % 2) != 0)));
        }}
        integers[i] = ({prefix}_{port.name}_t)(value + {zero});
    }}
}}
"""


def _dequantize(prefix: str, port: Port) -> str:
    name = f"{prefix}_{port.name}".upper()
    return f"""{_signature(prefix, port)}
{{
    for (int32_t i = 0; i < {name}_SIZE; i++) {{
        const int32_t steps = (int32_t)integers[i] - {name}_ZERO_POINT;

        real[i] = (float)((double)steps * (double){name}_SCALE);
    }}
}}
"""
