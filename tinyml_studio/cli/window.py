"""The arguments that open the window."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from tinyml_studio.app.window_options import THEMES, WindowOptions
from tinyml_studio.cli.command import COMMANDS
from tinyml_studio.cli.parser import PROGRAM, Parser
from tinyml_studio.version import __version__


def parse_window_options(arguments: Sequence[str]) -> WindowOptions:
    """The options of the window; prints help or version and leaves when asked to."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.file is not None and args.example is not None:
        parser.error("a FILE and --example cannot be opened at once")
    return WindowOptions(
        path=args.file,
        example=args.example,
        screenshot=args.screenshot,
        pane=args.pane,
        theme=args.theme,
        size=args.size,
    )


def _parser() -> Parser:
    """The parser of the call without a command."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {item.name:<{width}}  {item.summary}" for item in COMMANDS.values())
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [FILE] [options]\n       {PROGRAM} COMMAND [arguments]",
        description="Inspect and tune quantized neural networks for microcontrollers, bit for bit.",
        epilog=f"commands ({PROGRAM} COMMAND --help says more):\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a project or a model")
    parser.add_argument("--example", metavar="NAME", help="open a bundled example")
    parser.add_argument(
        "--screenshot", type=Path, metavar="OUT.png", help="save a picture of the window and exit"
    )
    parser.add_argument("--pane", metavar="NAME", help="the pane to bring to the front")
    parser.add_argument("--theme", choices=THEMES, help="default: as the system")
    parser.add_argument("--size", type=_size, metavar="WxH", help="of the window, in pixels")
    return parser


def _size(text: str) -> tuple[int, int]:
    """Width and height."""
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if not found or not all(200 <= int(side) <= 16384 for side in found.groups()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1440x900")
    return int(found[1]), int(found[2])
