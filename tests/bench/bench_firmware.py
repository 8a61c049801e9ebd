"""Instructions of the exported header in the emulator, in units of CMSIS-NN: ``make bench``.

The keyword network (DS-CNN) and ResNet8 of MLPerf Tiny at w8a8 and w4a8, compiled with -O2. The
stored figures are those of CMSIS-NN 7.0's kernels called by generated static C without an
interpreter, the int8 models of MLPerf Tiny, arm-none-eabi-gcc 12.2 (riscv64-unknown-elf-gcc 12.2),
the better of -O2 and -O3, counted in QEMU 7.2 with ``-icount shift=0``; the M0+, the M3 and RV32
run CMSIS-NN's plain C. Its int8 row stands for w4a8 too.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import HeaderInfo
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.program import Program
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.simulate.io import quantize_inputs
from tinyml_studio.verify.compare import compare
from tinyml_studio.verify.cross import build_for, missing_tools
from tinyml_studio.verify.report import Run

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models"
CALIBRATION = 100


@dataclass(frozen=True, slots=True)
class Network:
    """A model, its data, and million instructions of CMSIS-NN by core."""

    name: str
    model: str
    data: str
    baseline: dict[str, float]


NETWORKS = (
    Network(
        "kws",
        "kws/kws_ref_float.onnx",
        "kws/data/kws_features_int8_600.npz",
        {"cortex-m4": 7.69, "cortex-m7": 7.22, "cortex-m3": 10.0, "cortex-m0plus": 29.0,
         "cortex-m55": 1.78, "rv32imac": 16.3},
    ),
    Network(
        "ic",
        "ic/resnet8_float.onnx",
        "ic/data/cifar10_lossless_149.npz",
        {"cortex-m4": 29.9, "cortex-m7": 28.6, "cortex-m3": 40.3, "cortex-m0plus": 97.6,
         "cortex-m55": 4.81, "rv32imac": 65.4},
    ),
)  # fmt: skip
# the ratio that must not be exceeded, by core, with weights of 8 and of 4 bits
LIMITS = {
    "cortex-m4": {8: 0.62, 4: 0.70},
    "cortex-m7": {8: 0.65, 4: 0.74},
    "cortex-m3": {8: 0.66, 4: 0.76},
    "cortex-m0plus": {8: 0.49, 4: 0.73},
    "cortex-m55": {8: 0.69, 4: 0.79},
    "rv32imac": {8: 0.61, 4: 0.66},
}


def counted(core: str, graph: Graph, program: Program, samples: Samples) -> Run:
    """One sample on an emulated core."""
    header = c_header(program, info=HeaderInfo("net", "model", "0" * 64, "", core))
    values = quantize_inputs(program, graph, samples.take(1).arrays)
    inputs = dict(zip(program.inputs, values, strict=True))
    with tempfile.TemporaryDirectory() as name:
        build = build_for(core, header, "net", program, folder=Path(name), tick=lambda: None)
        (outcome,) = compare(program, inputs, [build], timeout=300.0, tick=lambda: None)
        return outcome.finish(build)


def row(network: Network, core: str, bits: int, run: Run) -> bool:
    """Print one line; whether it is as promised."""
    ratio = (run.instructions or 0) / (network.baseline[core] * 1e6)
    good = run.match is True and ratio <= LIMITS[core][bits]
    print(
        f"  {network.name:4} w{bits}a8 {core:14} {(run.instructions or 0) / 1e6:7.2f} M"
        f"  CMSIS-NN {network.baseline[core]:6.2f} M  ratio {ratio:5.2f}"
        f"  flash {run.flash_bytes}  RAM {run.ram_bytes}  stack {run.stack_bytes}"
        f"{'' if good else '  MISSED'}"
    )
    return good


def main() -> int:
    """Print a line per network, width and core; 1 when one is slower than promised or differs."""
    good = True
    for network in NETWORKS:
        if not (FOLDER / network.model).is_file():
            print(f"bench: {network.model} is not there, not measured")
            continue
        graph = prepare(read_model(FOLDER / network.model))
        samples = read_samples(FOLDER / network.data, graph).take(CALIBRATION)
        stats = collect(graph, samples)
        for bits in (8, 4):
            scheme = Scheme(default=LayerScheme(weight_bits=bits))
            program = lower(graph, stats, scheme)
            for core in network.baseline:
                missing = missing_tools(core)
                if missing:
                    print(f"bench: {missing[0]}")
                    continue
                good &= row(network, core, bits, counted(core, graph, program, samples))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
