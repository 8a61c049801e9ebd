"""Unsaved work that outlives a crash: one file for each session, removed when it ends in order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from tinyml_studio.app.state_folder import state_folder
from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.document.document import Document
from tinyml_studio.document.encode import encode
from tinyml_studio.document.file_lock import FileLock
from tinyml_studio.document.project_file import parse_project, read_project
from tinyml_studio.document.strict_json import Item, JsonFault, parse
from tinyml_studio.errors import ProjectError, StudioError

FORMAT = 1
SUFFIX = ".recovery"
MAX_BYTES = 32 << 20
MAX_SEQUENCE = 1 << 60


class Kind(Enum):
    """What unsaved work is, against the project file that it belongs to.

    NEWER: made on top of the file as it stands. DIVERGED: the file was saved by somebody else
    since. UNSAVED: the session never had a file, or it is gone. DAMAGED: its checksum is wrong.
    FOREIGN: a newer version of the program wrote it.
    """

    NEWER = auto()
    DIVERGED = auto()
    UNSAVED = auto()
    DAMAGED = auto()
    FOREIGN = auto()

    @property
    def can_be_opened(self) -> bool:
        """Whether there is a document to go on with."""
        return self not in (Kind.DAMAGED, Kind.FOREIGN)


@dataclass(frozen=True, slots=True)
class Record:
    """What an autosave holds.

    Parameters
    ----------
    sequence
        Grows with every autosave, over all sessions of a project: the greatest is the latest.
    path
        The project file; None when there was none.
    base
        SHA-256 of that file as the session knew it.
    document
        The work.
    """

    sequence: int
    path: Path | None
    base: str | None
    document: Document


@dataclass(frozen=True, eq=False)
class Leftover:
    """An autosave whose session has ended without order; nobody else can take it meanwhile.

    Parameters
    ----------
    file
        Where it lies.
    kind
        What it is.
    reason
        What is wrong with it, when it cannot be opened.
    record
        What it holds, when it can.
    kept_at
        Seconds since the epoch at which it was written, for a person to read; nothing is decided
        by it.
    """

    file: Path
    kind: Kind
    lock: FileLock
    reason: str = ""
    record: Record | None = None
    kept_at: float = 0.0

    @property
    def name(self) -> str:
        """What it is called for a person."""
        if self.record is None:
            return self.file.name
        return (self.record.path or self.record.document.model_path).name

    def keep(self) -> None:
        """Leave it for the next start."""
        self.lock.release()

    def discard(self) -> None:
        """Delete it for good."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)
        self.lock.release()


class Autosave:
    """The autosave of one session; its lock tells other processes that the session lives.

    Parameters
    ----------
    sequence
        Number of the last autosave before this session.
    folder
        Where autosaves lie.
    """

    def __init__(self, *, sequence: int = 0, folder: Path | None = None) -> None:
        self.file = (folder or recovery_folder()) / f"{secrets.token_hex(8)}{SUFFIX}"
        self._lock = FileLock(self.file.with_suffix(".lock"))
        self._sequence = sequence
        self._is_over = False
        self._writing = threading.Lock()

    def write(self, document: Document, path: Path | None, base: str | None) -> None:
        """Keep the work as it is now, atomically; nothing after `discard`.

        Raises
        ------
        StudioError
            If it cannot be written.
        """
        with self._writing:
            if self._is_over:
                return
            try:
                self._lock.acquire()
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise ProjectError(f"{self.file} cannot be written", detail=reason) from error
            self._sequence += 1
            record = Record(self._sequence, path, base, document)
            write_atomically(self.file, _text(record, self.file).encode("utf-8"))

    def forget(self) -> None:
        """Delete what was kept: it is saved now, or was given up."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)

    def discard(self) -> None:
        """The session has ended in order."""
        with self._writing:
            self._is_over = True
        self.forget()
        self._lock.release()


def recovery_folder() -> Path:
    """Where autosaves lie."""
    return state_folder() / "recovery"


def leftovers(folder: Path | None = None) -> tuple[Leftover, ...]:
    """What dead sessions left, the latest first; what says the same as its file is deleted."""
    folder = folder or recovery_folder()
    found = []
    try:
        files = sorted(folder.glob(f"*{SUFFIX}"))
    except OSError:
        return ()
    for file in files:
        leftover = _taken(file)
        if leftover is not None:
            found.append(leftover)
    return tuple(sorted(found, key=_sequence, reverse=True))


def latest_sequence(found: tuple[Leftover, ...]) -> int:
    """The number from which a new session goes on counting."""
    return max((_sequence(leftover) for leftover in found), default=0)


def _sequence(leftover: Leftover) -> int:
    return 0 if leftover.record is None else leftover.record.sequence


def _taken(file: Path) -> Leftover | None:
    """The leftover in a file; None while its session lives, or when nothing would be lost."""
    lock = FileLock(file.with_suffix(".lock"))
    try:
        if not lock.acquire() or not file.exists():
            lock.release()
            return None
        leftover, kept_at = _read(file, lock), file.stat().st_mtime
    except OSError:
        lock.release()
        return None
    if leftover is None:
        file.unlink(missing_ok=True)
        lock.release()
        return None
    return replace(leftover, kept_at=kept_at)


def _read(file: Path, lock: FileLock) -> Leftover | None:
    """What the file holds against its project; None when the project says the same."""
    if file.stat().st_size > MAX_BYTES:
        return Leftover(file, Kind.DAMAGED, lock, "it is too large")
    try:
        text = file.read_bytes().decode("utf-8")
        version, record = _decode(text, file)
    except UnicodeDecodeError:
        return Leftover(file, Kind.DAMAGED, lock, "it is not UTF-8")
    except (JsonFault, StudioError) as fault:
        return Leftover(file, Kind.DAMAGED, lock, str(fault))
    if record is None:
        reason = f"its format {version} is newer than this version of TinyML Studio reads"
        return Leftover(file, Kind.FOREIGN, lock, reason)
    kind = _kind(record)
    return None if kind is None else Leftover(file, kind, lock, "", record)


def _kind(record: Record) -> Kind | None:
    """What the record is against its project file; None when both say the same.

    Times of files are not asked: a copy, a checkout or a wrong clock makes them lie.
    """
    if record.path is None or not record.path.exists():
        return Kind.UNSAVED
    try:
        document, digest = read_project(record.path)
    except ProjectError:
        return Kind.DIVERGED
    if document == record.document:
        return None
    return Kind.NEWER if digest == record.base else Kind.DIVERGED


def _text(record: Record, file: Path) -> str:
    """The record as the text of its file."""
    body = {
        "sequence": record.sequence,
        "path": None if record.path is None else str(record.path),
        "base": record.base,
        "project": encode(record.document, file.parent),
    }
    inner = json.dumps(body)
    digest = hashlib.sha256(inner.encode("utf-8")).hexdigest()
    return json.dumps({"recovery": FORMAT, "sha256": digest, "record": inner}) + "\n"


def _decode(text: str, file: Path) -> tuple[int, Record | None]:
    """Format and record; no record when the format is newer than ours.

    Raises
    ------
    JsonFault, StudioError
        If it is damaged.
    """
    outer = parse(text).table()
    version = outer.require("recovery").integer(0, 1 << 30)
    if version > FORMAT:
        return version, None
    inner = outer.require("record").text()
    if hashlib.sha256(inner.encode("utf-8")).hexdigest() != outer.require("sha256").text():
        raise JsonFault("its checksum is wrong")
    body = parse(inner).table()
    path, base = body.find("path"), body.find("base")
    record = Record(
        body.require("sequence").integer(0, MAX_SEQUENCE),
        None if path is None else Path(_text_of(path)),
        None if base is None else _text_of(base),
        parse_project(body.require("project").text(), file),
    )
    return version, record


def _text_of(item: Item) -> str:
    """A text that is not empty."""
    return item.text() or item.fail("a text is expected")
