"""A limit on memory for as long as a test reads files of strangers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIBIBYTE = 1 << 30
_STATUS = Path("/proc/self/statm")


@contextmanager
def a_gibibyte_at_most() -> Iterator[None]:
    """What needs more address space than one GiB beyond that of now raises `MemoryError`.

    Where the system has no such limit there is none.
    """
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        yield
        return
    if not _STATUS.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(_STATUS.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + GIBIBYTE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
