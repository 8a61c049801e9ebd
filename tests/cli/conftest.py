"""The command line as a script calls it, and a small project to call it on."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tinyml_studio.app.examples import Example, find_example
from tinyml_studio.cli.dispatch import main


@dataclass(frozen=True)
class Done:
    """What a call left."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)


@pytest.fixture
def call(capsys):
    """Call the command line; it must not open a window."""

    def run(*arguments: object) -> Done:
        def no_window(options):
            raise AssertionError(options)

        capsys.readouterr()
        status = main([str(argument) for argument in arguments], no_window)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def example() -> Example:
    return find_example("digits")


@pytest.fixture(scope="session")
def made(tmp_path_factory, example) -> Path:
    """A calibrated project; copy it before changing it."""
    project = tmp_path_factory.mktemp("project") / "digits.tmls"
    status = main(
        ["quantize", str(example.model), "-d", str(example.calibration), "-o", str(project)],
        lambda _: 1,
    )
    assert status == 0
    return project


@pytest.fixture
def project(tmp_path, made) -> Path:
    """A calibrated project of the test's own."""
    copy = tmp_path / "digits.tmls"
    copy.write_bytes(made.read_bytes())
    return copy
