"""The C header of a session: made, written, compiled and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.exported import exported, removal_text
from tinyml_studio.app.running import random_samples, trace
from tinyml_studio.app.targets import find_target, targets
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.document.atomic import write_atomically, write_together
from tinyml_studio.emit.cmsis.variant import FORM, cmsis_variant
from tinyml_studio.emit.header import c_files, c_header
from tinyml_studio.emit.info import HeaderInfo, SelfTestVectors, self_test_vectors
from tinyml_studio.emit.variant import Variant
from tinyml_studio.errors import ExportError
from tinyml_studio.progress import Progress, silent
from tinyml_studio.quantize.scheme import Scheme
from tinyml_studio.simulate.io import quantize_inputs
from tinyml_studio.simulate.run import outputs
from tinyml_studio.verify.device import verify_device as listen
from tinyml_studio.verify.report import VerifyReport
from tinyml_studio.verify.verify import Means
from tinyml_studio.verify.verify import verify as verify_header

MAX_VECTORS = 64
FORMS = ("c", FORM)
HELIUM_CORES = ("cortex-m52", "cortex-m55", "cortex-m85")
HOST = "host"
HOST_PREFIX = "net"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an export.

    Parameters
    ----------
    target
        Name or alias; None takes the document's.
    name
        Prefix of everything in C; None makes one of the model's file name.
    self_test
        Number of calibration samples to embed.
    split
        Whether the definitions stand in a source file beside the header.
    form
        One of `FORMS`: ``c`` with the header's own kernels, ``cmsis-nn`` with calls of CMSIS-NN.
    """

    target: str | None = None
    name: str | None = None
    self_test: int = 0
    split: bool = False
    form: str = "c"


def texts(derived: Derived, request: Request, path: Path) -> dict[Path, str]:
    """The files of an export to `path`, in the order in which they are put in their places.

    Raises
    ------
    StudioError
        As `header` and `header_and_source`.
    """
    if request.split:
        return header_and_source(derived, request, path)
    return {path: header(derived, request)}


def header(derived: Derived, request: Request) -> str:
    """The text of the header.

    Raises
    ------
    StudioError
        If there is no program, no such target, or a layer cannot be written.
    """
    info = _requested(derived, request)
    vectors = _vectors(derived, request.self_test)
    variant = _variant(request, info)
    return c_header(exported(derived).program, info=info, vectors=vectors, variant=variant)


def header_and_source(derived: Derived, request: Request, path: Path) -> dict[Path, str]:
    """The texts of a header at `path` and of the source file of the same name beside it.

    The source file stands first.

    Raises
    ------
    StudioError
        As `header`; also if the file's name is not one that a source file can include.
    """
    stem = path.stem
    if path.suffix != ".h" or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", stem):
        raise ExportError(
            f"{path.name} is no name for a header and a source file",
            hint="letters, digits and _ . + -, and .h at the end, as in model.h",
        )
    info = _requested(derived, request)
    vectors = _vectors(derived, request.self_test)
    head, source = c_files(
        exported(derived).program,
        info=info,
        stem=stem,
        vectors=vectors,
        variant=_variant(request, info),
    )
    return {path.with_suffix(".c"): source, path: head}


def _variant(request: Request, info: HeaderInfo) -> Variant | None:
    """Whose kernels are called; None for the header's own."""
    if request.form == FORMS[0]:
        return None
    if request.form not in FORMS:
        raise ExportError(f"There is no format {request.form}", hint=f"one of {', '.join(FORMS)}")
    return cmsis_variant(helium=find_target(info.target).core in HELIUM_CORES)


def _requested(derived: Derived, request: Request) -> HeaderInfo:
    """What the front matter of a requested header states."""
    document = derived.document
    target = request.target or document.target
    if target is None:
        raise ExportError(
            "The header needs a target",
            hint=f"choose one of {', '.join(held.name for held in targets())}",
        )
    name = document.model_path.stem if request.name is None else request.name
    return _info(derived, name, find_target(target).name)


def verify(
    derived: Derived,
    samples: Samples,
    *,
    target: str | None = None,
    progress: Progress = silent,
) -> VerifyReport:
    """Compile the header here and for the target's core, compare with the simulator on all samples.

    Parameters
    ----------
    derived
        The program.
    samples
        What it is run on.
    target
        Name, alias or file; None takes the document's; where that has none, this computer only.
    progress
        Told what is compiled, then about the samples.

    Raises
    ------
    ToolError
        If there is no host compiler, or a tool fails.
    TargetError
        If there is no such target.
    """
    program = exported(derived).program
    chosen = target or derived.document.target
    core = None if chosen is None else find_target(chosen).core
    progress(0, 0, "writing the header")
    text = c_header(program, info=_info(derived, HOST_PREFIX, HOST))
    batch = samples.read(0, samples.count)
    inputs = quantize_inputs(program, derived.graph, batch)
    named = dict(zip(program.inputs, inputs, strict=True))
    means = Means(core=core)
    report = verify_header(text, HOST_PREFIX, program, named, means=means, progress=progress)
    return _held_against_all_channels(report, derived, named)


def _held_against_all_channels(
    report: VerifyReport, derived: Derived, inputs: Mapping[str, IntArray]
) -> VerifyReport:
    """The report, and whether the network with all its channels gives the same outputs."""
    whole, slim = derived.need_program(), exported(derived).program
    if whole is slim:
        return report
    pairs = zip(*(next(outputs(held, [inputs])) for held in (whole, slim)), strict=True)
    differing = sum(int((one != other).sum()) for one, other in pairs)
    if not differing:
        return replace(report, notes=(*report.notes, removal_text(exported(derived))))
    return replace(
        report,
        match=False,
        mismatched_elements=report.mismatched_elements + differing,
        notes=(*report.notes, "without its constant channels the network gives other outputs"),
    )


def verify_device(
    derived: Derived, port: Path, *, timeout: float, progress: Progress = silent
) -> VerifyReport:
    """Listen to the self-test of a device on a serial port.

    Raises
    ------
    ToolError
        If the port cannot be read, nothing is heard, or the device runs another header.
    """
    program = exported(derived).program
    text = c_header(program, info=_info(derived, HOST_PREFIX, HOST))
    return listen(port, text, HOST_PREFIX, program, timeout=timeout, progress=progress)


def _info(derived: Derived, prefix: str, target: str) -> HeaderInfo:
    """What the header states about itself."""
    document, pruned = derived.document, exported(derived)
    return HeaderInfo(
        prefix=prefix,
        model_name=document.model_path.name,
        model_sha256=document.model_sha256,
        scheme_text=scheme_text(document.scheme),
        target=target,
        macs=pruned.macs,
        removed=removal_text(pruned),
    )


def samples_or_random(derived: Derived, count: int) -> Samples:
    """The calibration samples, or random inputs of a quantized model that came without any."""
    if derived.samples is not None:
        return derived.samples
    program, seed = derived.need_program(), derived.document.seed
    return random_samples(derived.graph, program, count, seed=seed)


def write_all(files: Mapping[Path, str]) -> None:
    """Write files that belong together, all or none; ExportError if that fails."""
    data = {path: text.encode("ascii") for path, text in files.items()}
    if len(data) > 1:
        write_together(data, error=ExportError)
        return
    for path, content in data.items():  # one file may also be a device or a pipe
        write_atomically(path, content, error=ExportError)


def scheme_text(scheme: Scheme) -> str:
    """The scheme in words: the default, and how many layers have which choice of their own."""
    default = scheme.default
    words = [f"{default.bits} per {default.granularity}, {default.range_method} ranges"]
    own = Counter(held.bits for held in scheme.layers.values() if held.bits != default.bits)
    words += [f"{count} layers {bits}" for bits, count in sorted(own.items())]
    if scheme.ranges:
        words.append(f"{len(scheme.ranges)} ranges by hand")
    if scheme.weight_reach:
        words.append(f"weights of {len(scheme.weight_reach)} layers clipped by hand")
    return "; ".join(words)


def _vectors(derived: Derived, count: int) -> SelfTestVectors | None:
    """The golden vectors of the self-test."""
    if count == 0:
        return None
    if not 0 < count <= MAX_VECTORS:
        raise ExportError(f"A self-test holds 1 to {MAX_VECTORS} samples, not {count}")
    program, samples = exported(derived).program, samples_or_random(derived, count).take(count)
    values = trace(derived.graph, program, samples).values
    return self_test_vectors(program, values, count=samples.count)
