"""``examples``: list what is bundled."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from tinyml_studio.app.examples import examples
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.text import table


def add_arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""
    del parser


def run(args: Namespace) -> int:
    """List the examples."""
    held = examples()
    rows = [(item.name, item.title, item.description) for item in held]
    answer(
        args,
        [asdict(item) for item in held],
        lambda: table(("name", "title", "description"), rows, left=3),
    )
    return 0
