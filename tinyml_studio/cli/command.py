"""The table of commands; a command's module is imported only when it is called."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from typing import Protocol, cast


class CommandModule(Protocol):
    """What a module of `tinyml_studio.cli.commands` has."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, args: Namespace) -> int:
        """Do the work and return the exit status."""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table: the word on the command line, and one line about it."""

    name: str
    summary: str

    def load(self) -> CommandModule:
        """The command's module."""
        module = importlib.import_module(f"tinyml_studio.cli.commands.{self.name}")
        return cast("CommandModule", module)


COMMANDS = {
    command.name: command
    for command in (
        Command("examples", "list the bundled examples"),
        Command("targets", "list the chips that a header can be made for"),
        Command("inspect", "list the layers of a model"),
        Command("quantize", "calibrate a model and make a project"),
        Command("set", "change bits, granularity, ranges and arithmetic of a project"),
        Command("evaluate", "compare integers with float, layer by layer"),
        Command("diff", "compare two projects layer by layer"),
        Command("simulate", "run the exact integers of the chip"),
        Command("estimate", "flash, RAM, instructions, latency and energy on a chip"),
        Command("export", "write the C header"),
        Command("verify", "compile the header, run it, compare it with the simulator"),
    )
}

# words that the command line's contract knows and this version does not have
RESERVED = ("tune", "report")
