"""``simulate``: run the exact integers of the chip."""

from __future__ import annotations

import io
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from tinyml_studio.app import running
from tinyml_studio.app.dump import DeviceDump, TraceDump
from tinyml_studio.app.studio import Studio
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.cli.data import add_project, add_scaling, open_project, positive
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.errors import ExportError
from tinyml_studio.progress import Progress
from tinyml_studio.simulate.io import dequantized


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project, samples and what is written."""
    add_project(parser)
    parser.add_argument(
        "-i", "--input", type=Path, required=True, metavar="X.npy", help="samples, as for -d"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="Y.npy", help="the outputs, float32")
    add_scaling(parser)
    parser.add_argument("--samples", type=positive, metavar="N", help="use the first N only")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--float", action="store_true", help="run the float model instead")
    kind.add_argument("--integers", action="store_true", help="write raw integers to Y.npy")
    parser.add_argument(
        "--stream",
        action="store_true",
        help="keep the state of SVDF and LSTM from one sample to the next",
    )
    parser.add_argument("--trace", type=Path, metavar="DIR", help="write every layer's integers")
    parser.add_argument(
        "--device-io", type=Path, metavar="DIR", help="write the header's bytes, per sample"
    )


def run(args: Namespace) -> int:
    """Run the samples."""
    if args.float and (args.trace or args.device_io):
        raise UsageError("--float has no integers for --trace or --device-io")
    if args.float and args.stream:
        raise UsageError("--float runs every sample alone, --stream is for the integers")
    if not (args.output or args.trace or args.device_io):
        raise UsageError("nothing is asked for", hint="give -o, --trace or --device-io")
    samples, outputs = with_progress("simulate", lambda told: _simulate(args, told))
    written = _write(args.output, outputs) if args.output else []
    document = {
        "samples": samples,
        "outputs": written,
        "trace": args.trace,
        "device_io": args.device_io,
    }
    places = [*written, *(place for place in (args.trace, args.device_io) if place)]
    answer(args, document, lambda: f"{samples} samples → {', '.join(map(str, places))}")
    return 0


def _simulate(args: Namespace, progress: Progress) -> tuple[int, list[np.ndarray]]:
    """Number of samples, and one array per output of the model, in its own layout."""
    studio = open_project(args, progress, compute=not args.float)
    samples = studio.read_samples(
        args.input, scale=args.scale, offset=args.offset, progress=progress
    )
    if args.samples is not None:
        samples = samples.take(args.samples)
    if args.float:
        graph = studio.derived.graph
        return samples.count, list(running.float_run(graph, samples, progress=progress))
    return samples.count, _integers(studio, samples, args, progress)


def _integers(
    studio: Studio, samples: Samples, args: Namespace, progress: Progress
) -> list[np.ndarray]:
    """Run the program batch by batch; only outputs are kept in memory."""
    graph, program = studio.derived.graph, studio.derived.need_program()
    device = DeviceDump(args.device_io) if args.device_io else None
    every = TraceDump(args.trace, program, samples.count) if args.trace else None
    parts: list[tuple[np.ndarray, ...]] = []
    for batch in running.batches(
        graph,
        program,
        samples,
        traced=every is not None,
        stream=args.stream,
        progress=progress,
    ):
        if device is not None:
            device.add(batch.inputs, batch.outputs)
        if every is not None and batch.trace is not None:
            every.add(batch.trace)
        if args.integers:
            parts.append(running.in_model_layout(graph, batch.outputs))
        else:
            parts.append(dequantized(program, graph, batch.outputs))
    if every is not None:
        every.finish()
    return list(running.joined(parts))


def _write(path: Path, outputs: list[np.ndarray]) -> list[Path]:
    """Write one file per output: ``Y.npy``, and ``Y_1.npy`` for a second."""
    written = []
    for position, values in enumerate(outputs):
        name = path if position == 0 else path.with_stem(f"{path.stem}_{position}")
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(values), allow_pickle=False)
        write_atomically(name, buffer.getvalue(), error=ExportError)
        written.append(name)
    return written
