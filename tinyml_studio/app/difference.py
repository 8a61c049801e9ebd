"""An open model compared with another one, or with what another engine left, sample by sample."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from tinyml_studio.app import running
from tinyml_studio.app.derived import Derived
from tinyml_studio.app.dumped import Dump, read_dump
from tinyml_studio.app.exported import exported
from tinyml_studio.app.other_arithmetic import with_arithmetic
from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError, StudioError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.passes.match_networks import match_networks
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.cause import Divergence, likely_cause
from tinyml_studio.simulate.difference import (
    Comparison,
    Difference,
    LayerDifference,
    layer_tensors,
)
from tinyml_studio.simulate.trace import Trace


def difference(
    first: Derived, second: Derived, samples: Samples, *, progress: Progress = silent
) -> Difference:
    """Every layer that both have, over all samples; memory does not grow with them.

    Layers of another name are found by the structure of the two networks.

    Raises
    ------
    DataError
        If the models take inputs of different shapes.
    """
    _check_inputs(first.graph, second.graph)
    programs = first.need_program(), second.need_program()
    ports = {port.tensor: port.name for port in (*second.graph.inputs, *first.graph.inputs)}
    names = _other_names(first.graph, second.graph)
    comparison = Comparison(*programs, ports, names=names)
    runs = (
        running.batches(held.graph, program, samples, traced=True, progress=told)
        for held, program, told in zip((first, second), programs, (progress, silent), strict=True)
    )
    for a, b in zip(*runs, strict=True):
        if a.trace is not None and b.trace is not None:
            comparison.add(a.trace.values, b.trace.values)
    return comparison.result()


def dump_difference(
    derived: Derived, folder: Path, samples: Samples, *, progress: Progress = silent
) -> Difference:
    """Every layer of which the folder holds the output, for the first samples.

    The tensors may be those of the network with all its channels or of the exported one.

    Raises
    ------
    DataError
        If the folder cannot be read or does not fit, or there are fewer samples than in it.
    """
    program, dump = _fitting(derived, folder)
    if dump.samples > samples.count:
        raise DataError(
            f"{folder} holds {dump.samples} samples, the data only {samples.count}",
            hint="give the data that the dump was made of with -d",
        )
    trace = running.trace(derived.graph, program, samples.take(dump.samples), progress=progress)
    tensors = _tensors(derived, program)
    layers = tuple(
        _layer(name, tensors[name], trace, dump) for name in tensors if name in dump.values
    )
    first = next((layer.name for layer in layers if layer.differing), "")
    cause = _cause(derived, first, tensors[first], trace, dump) if first else ""
    absent = tuple(name for name in program.by_layer if name not in dump.values)
    return Difference(dump.samples, layers, first, cause, ignored=dump.unmatched, absent=absent)


def _fitting(derived: Derived, folder: Path) -> tuple[Program, Dump]:
    """The program whose tensors the folder holds, and what it holds."""
    whole, slim = derived.need_program(), exported(derived).program
    try:
        return whole, _read(derived, folder, whole)
    except DataError:
        if whole is slim:
            raise
        return slim, _read(derived, folder, slim)


def _read(derived: Derived, folder: Path, program: Program) -> Dump:
    found = derived.graph.found
    unsigned = frozenset() if found is None else found.unsigned
    tensors = _tensors(derived, program)
    return read_dump(folder, tensors, inputs=len(program.inputs), unsigned=unsigned)


def _tensors(derived: Derived, program: Program) -> Mapping[str, QuantizedTensor]:
    """Output tensors by layer, the model's inputs first."""
    return layer_tensors(program, {port.tensor: port.name for port in derived.graph.inputs})


def _layer(name: str, tensor: QuantizedTensor, trace: Trace, dump: Dump) -> LayerDifference:
    """One layer's counts."""
    steps = np.abs(dump.values[name] - trace.values[tensor.name].astype(np.int64))
    return LayerDifference(name, steps.size, int(np.count_nonzero(steps)), float(steps.max()))


def _cause(derived: Derived, name: str, tensor: QuantizedTensor, trace: Trace, dump: Dump) -> str:
    ours = trace.values[tensor.name].astype(np.int64)
    whole = trace.program is derived.program
    others = {
        other: partial(_program_with, derived, other)
        for other in ARITHMETICS
        if whole and other != trace.program.arithmetic.name
    }
    return likely_cause(
        Divergence(
            trace.program, name, tensor, ours, dump.values[name], trace.values, others=others
        )
    )


def _program_with(derived: Derived, arithmetic: str) -> Program | None:
    """The same network with another arithmetic; None where a layer cannot run so."""
    try:
        return with_arithmetic(derived, arithmetic).program
    except StudioError:
        return None


def _other_names(first: Graph, second: Graph) -> Mapping[str, str]:
    """What inputs and layers are called in the other network, where that is something else."""
    ports = zip(first.inputs, second.inputs, strict=True)
    names = {mine.name: theirs.name for mine, theirs in ports if mine.name != theirs.name}
    if all(node.name in second.by_name for node in first.nodes):
        return names
    tensors, taken = match_networks(first, second).tensors, set(first.by_name)
    for node in first.nodes:
        theirs = tensors.get(node.outputs[0], "")
        made = [second.producers.get(theirs), *second.consumers.get(theirs, ())]
        alike = [held.name for held in made if held and held.op.kind == node.op.kind]
        found = next((name for name in alike if name not in taken), "")
        if node.name not in second.by_name and found:
            names[node.name] = found
            taken.add(found)
    return names


def _check_inputs(first: Graph, second: Graph) -> None:
    """Refuse models that the same samples cannot be given to."""
    shapes = [[port.shape for port in graph.inputs] for graph in (first, second)]
    if shapes[0] != shapes[1]:
        one, other = (" and ".join(map(str, held)) for held in shapes)
        raise DataError(
            "The two models cannot be given the same samples",
            detail=f"one takes inputs of shape {one}, the other of {other}",
        )
