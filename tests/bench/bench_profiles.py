"""Instructions of every arithmetic, in units of ``tflm`` on the same core: ``make bench``.

The keyword network of MLPerf Tiny at w8a8 in all of them, and at w2a8 and w1a8 on a core with
Helium in units of w8a8; ONNX Runtime's file with uint8 weights in units of its int8 one.
"""

from __future__ import annotations

import sys

import numpy as np

from tests.bench.bench_firmware import CALIBRATION, FOLDER, NETWORKS, counted
from tinyml_studio.arith.profile import ARITHMETICS, TFLM
from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.program import Program
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

# the ratio that must not be exceeded: without float32 instructions onnx takes more
CORES = {
    "cortex-m4": 1.3,
    "cortex-m55": 1.3,
    "cortex-m3": 1.7,
    "cortex-m0plus": 1.8,
    "rv32imac": 1.7,
}
HELIUM_WIDTHS = {2: 1.5, 1: 1.5}
UINT8_WEIGHTS = {"cortex-m4": 1.6, "cortex-m55": 1.6, "cortex-m0plus": 1.3}


def row(what: str, core: str, program: Program, graph: Graph, samples: Samples) -> float:
    """Print one line; million instructions, infinite where the integers differ."""
    run = counted(core, graph, program, samples)
    millions = (run.instructions or 0) / 1e6
    print(
        f"  {what:18} {core:14} {millions:7.2f} M  flash {run.flash_bytes}  stack {run.stack_bytes}"
    )
    return millions if run.match else np.inf


def held(ratio: float, limit: float) -> bool:
    """Print a ratio; whether it is as promised."""
    print(f"    ratio {ratio:5.2f}{'' if ratio <= limit else '  MISSED'}")
    return ratio <= limit


def profiles(graph: Graph, samples: Samples) -> bool:
    """Every arithmetic on every core, and few bits with Helium."""
    stats = collect(graph, samples)
    good = True
    for core, limit in CORES.items():
        base = row("tflm", core, lower(graph, stats, Scheme()), graph, samples)
        for arithmetic in (one for one in ARITHMETICS.values() if one is not TFLM):
            program = lower(graph, stats, Scheme(), arithmetic)
            good &= held(row(arithmetic.name, core, program, graph, samples) / base, limit)
        for bits, most in HELIUM_WIDTHS.items() if core == "cortex-m55" else ():
            program = lower(graph, stats, Scheme(default=LayerScheme(weight_bits=bits)))
            good &= held(row(f"tflm w{bits}a8", core, program, graph, samples) / base, most)
    return good


def unsigned() -> bool:
    """uint8 weights around a zero point, which take 9 bits."""
    good = True
    folder = FOLDER / "kws" / "onnx_ort_quant"
    for core, limit in UINT8_WEIGHTS.items():
        found = []
        for kind in ("s8s8_pc", "u8u8_pt"):
            graph = prepare(read_model(folder / f"kws_qop_{kind}.onnx"))
            samples = read_samples(FOLDER / NETWORKS[0].data, graph).take(1)
            program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
            found.append(row(kind, core, program, graph, samples))
        good &= held(found[1] / found[0], limit)
    return good


def main() -> int:
    """Print a line per arithmetic and core; 1 when one is slower than promised or differs."""
    network = NETWORKS[0]
    if not (FOLDER / network.model).is_file():
        print(f"bench: {network.model} is not there, not measured")
        return 0
    graph = prepare(read_model(FOLDER / network.model))
    samples = read_samples(FOLDER / network.data, graph).take(CALIBRATION)
    return int(not (profiles(graph, samples) & unsigned()))


if __name__ == "__main__":
    sys.exit(main())
