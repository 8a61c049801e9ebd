"""The way from the arguments to an exit status: 0 done, 1 the answer is no, 2 a wrong call."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.cli.command import COMMANDS, RESERVED
from tinyml_studio.cli.output import forget_stdout
from tinyml_studio.cli.parser import PROGRAM, UsageError, command_parser
from tinyml_studio.cli.text import one_line
from tinyml_studio.cli.window import parse_window_options
from tinyml_studio.errors import Cancelled, StudioError

WRONG_CALL = 2
INTERNAL = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130
BROKEN_PIPE = 141
DEBUG = "TINYML_STUDIO_DEBUG"

OpenWindow = Callable[[WindowOptions], int]


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run the command line and return its exit status; every error ends here, as one line.

    Parameters
    ----------
    arguments
        Without the program's name.
    open_window
        Opens the window and returns when it is closed; given, so that this room needs no Qt.
    """
    try:
        _never_fail_to_print()
        status = _run(arguments, open_window)
        sys.stdout.flush()
    except StudioError as error:
        _say(f"error: {error}")
        return WRONG_CALL
    except SystemExit as leaving:  # argparse has printed its help or the version
        return leaving.code if isinstance(leaving.code, int) else 0
    except (KeyboardInterrupt, Cancelled):
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        forget_stdout()
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last door: a person never sees a traceback
        return _internal(error)
    return status


def _run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Find the command and run it."""
    name = arguments[0] if arguments else ""
    if name in RESERVED:
        raise UsageError(f"{name} is not available in this version")
    if name in COMMANDS:
        command = COMMANDS[name]
        module = command.load()
        parser = command_parser(name, command.summary)
        module.add_arguments(parser)
        return module.run(parser.parse_args(arguments[1:]))
    _refuse_unknown(arguments)
    return open_window(parse_window_options(arguments))


def _refuse_unknown(arguments: Sequence[str]) -> None:
    """Tell a misspelt command from a file to open."""
    name = arguments[0] if arguments else "-"
    is_path = Path(name).suffix or len(Path(name).parts) > 1
    if name.startswith("-") or is_path or os.access(name, os.F_OK):
        return
    close = difflib.get_close_matches(name, COMMANDS, 1)
    hint = f"did you mean {close[0]}?" if close else f"see {PROGRAM} --help"
    raise UsageError(f"{name!r} is neither a command nor a file", hint=hint)


def _say(text: str) -> None:
    """One line on stderr."""
    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: {one_line(text)}", file=sys.stderr, flush=True)


def _internal(error: Exception) -> int:
    """Report a programming error in one line; the traceback only for those who ask for it."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    name = type(error).__name__
    _say(f"internal error: {name}: {error} (set {DEBUG}=1 for the details, and please report it)")
    return INTERNAL


def _never_fail_to_print() -> None:
    """A terminal that cannot show a character shows its code instead."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
