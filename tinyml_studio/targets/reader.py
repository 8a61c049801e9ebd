"""One target's TOML file to a `Target`: every key is checked, and faults are named."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from tinyml_studio.errors import TargetError
from tinyml_studio.targets.target import CORES, FPUS, VECTORS, Target

MAX_FILE_BYTES = 65_536
FIGURES = (
    "clock_hz",
    "flash_bytes",
    "ram_bytes",
    "fpu",
    "vector",
    "flash_wait_states",
    "instruction_cache_bytes",
    "data_cache_bytes",
    "run_current_ma",
    "run_current_ua_per_mhz",
    "supply_volts",
)
_REQUIRED = ("name", "title", "core")
_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_MAX_TEXT = 200
_Check = Callable[[object], str]


def read_target(file: Path) -> Target:
    """Read and check a target's file.

    Raises
    ------
    TargetError
        If it cannot be read, is not TOML, or a key is missing, unknown or has a wrong value; names
        the file, the key and the reason.
    """
    table = _load(file)
    for key in _REQUIRED:
        if key not in table:
            raise TargetError(f"{file}: the key {key!r} is missing", hint="every target has it")
    for key, value in table.items():
        reason = _CHECKS[key](value) if key in _CHECKS else f"no such key{_close(key, _CHECKS)}"
        if reason:
            _refuse(file, key, reason)
    source = table.get("source", {})
    _check_together(file, table, source)
    return Target(
        **{
            **table,
            "aliases": tuple(table.get("aliases", ())),
            "source": MappingProxyType(dict(source)),
        }
    )


def _check_together(file: Path, table: Mapping[str, object], source: Mapping[str, str]) -> None:
    """What no key can say alone."""
    if "run_current_ma" in table and "run_current_ua_per_mhz" in table:
        _refuse(file, "run_current_ma", "run_current_ua_per_mhz says the same; leave one out")
    for key in source:
        if key not in table or key not in FIGURES:
            _refuse(file, f"source.{key}", f"the target has no such figure{_close(key, FIGURES)}")


def _load(file: Path) -> Mapping[str, Any]:
    """The file's table; no more than a small regular file is read."""
    try:
        if not file.is_file():
            raise TargetError(f"{file}: there is no such file")
        if file.stat().st_size > MAX_FILE_BYTES:
            raise TargetError(f"{file}: larger than {MAX_FILE_BYTES} bytes")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{file}: cannot be read", detail=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise TargetError(f"{file}: is not UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TargetError(f"{file}: is not TOML", detail=str(error)) from error


def _refuse(file: Path, key: str, reason: str) -> NoReturn:
    shown = key if key.isprintable() and len(key) <= _MAX_TEXT else ascii(key)[:_MAX_TEXT]
    raise TargetError(f"{file}: {shown}: {reason}")


def _close(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word[:_MAX_TEXT], list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return "must be text"
    if len(value) > _MAX_TEXT or not value.isprintable():
        return f"must be at most {_MAX_TEXT} printable characters on one line"
    return ""


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT or not _NAME.fullmatch(value):
        return "must be small letters, digits, dots, hyphens and plus signs"
    return ".toml is how files are told from names" if value.endswith(".toml") else ""


def _names(value: object) -> str:
    if not isinstance(value, list):
        return "must be a list of names"
    return next((reason for reason in map(_name, value) if reason), "")


def _one_of(known: Mapping[str, str] | tuple[str, ...]) -> _Check:
    def check(value: object) -> str:
        if isinstance(value, str) and value in known:
            return ""
        near = _close(value, known) if isinstance(value, str) else ""
        return f"must be one of {', '.join(known)}{near}"

    return check


def _integer(low: int, high: int) -> _Check:
    def check(value: object) -> str:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if fits else f"must be an integer of {low} to {high}"

    return check


def _number(low: float, high: float) -> _Check:
    def check(value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return ""
        return f"must be a number of {low:g} to {high:g}"

    return check


def _source(value: object) -> str:
    if not isinstance(value, dict):
        return "must be a table of text by key"
    return next((f"{key!a} {_text(held)}" for key, held in value.items() if _text(held)), "")


_GIGABYTE = 1 << 30
_CHECKS: Mapping[str, _Check] = {
    "name": _name,
    "title": _text,
    "core": _one_of(CORES),
    "aliases": _names,
    "clock_hz": _integer(1_000, 10_000_000_000),
    "flash_bytes": _integer(1, _GIGABYTE),
    "ram_bytes": _integer(1, _GIGABYTE),
    "fpu": _one_of(FPUS),
    "vector": _one_of(VECTORS),
    "flash_wait_states": _integer(0, 100),
    "instruction_cache_bytes": _integer(0, _GIGABYTE),
    "data_cache_bytes": _integer(0, _GIGABYTE),
    "run_current_ma": _number(1e-3, 1e5),
    "run_current_ua_per_mhz": _number(1e-3, 1e5),
    "supply_volts": _number(0.5, 12.0),
    "source": _source,
}
