"""What a command prints: one JSON document, or text for a person."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from tinyml_studio.cli.text import one_line
from tinyml_studio.errors import ExportError

# JSON has no infinity, and a script that compares decibels should not meet null
EXACT_DB = 999.0


def answer(args: Namespace, document: object, text: Callable[[], str]) -> None:
    """Print the document with ``--json``, else the text."""
    shown = json.dumps(_finite(document), indent=2, allow_nan=False) if args.json else text()
    try:
        print(shown, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_stdout()
        raise ExportError(
            "The standard output cannot be written", detail=error.strerror or str(error)
        ) from error


def remark(text: str) -> None:
    """One line on stderr for a person, beside the answer."""
    with contextlib.suppress(OSError):
        print(one_line(text), file=sys.stderr, flush=True)


def forget_stdout() -> None:
    """Keep the interpreter from flushing what cannot be written again when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def decibel(value: float | None) -> float | None:
    """Decibels for JSON: `EXACT_DB` when there is no error at all, None when undefined."""
    if value is None or math.isnan(value):
        return None
    return max(-EXACT_DB, min(EXACT_DB, value))


def _finite(value: object) -> object:
    """The same with None for numbers that JSON does not have, and paths as text."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
