"""Exit statuses, help, and the one line that an error is."""

import os
import pty
import signal
import subprocess as sp
import sys
from pathlib import Path

import pytest

import tinyml_studio
from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.cli.command import COMMANDS, RESERVED, Command
from tinyml_studio.cli.dispatch import main
from tinyml_studio.errors import Cancelled, DataError

ROOT = Path(tinyml_studio.__file__).parent.parent


def no_window(options: WindowOptions) -> int:
    raise AssertionError(options)


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    status = main(arguments, no_window)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], WindowOptions()),
        (["m.onnx"], WindowOptions(path=Path("m.onnx"))),
        (["--example", "digits", "--theme", "dark"], WindowOptions(example="digits", theme="dark")),
        (
            ["p.tmls", "--screenshot", "a.png", "--pane", "error", "--size", "1440x900"],
            WindowOptions(Path("p.tmls"), None, Path("a.png"), "error", None, (1440, 900)),
        ),
    ],
)
def test_without_a_command_the_window_opens(arguments, options):
    asked = []
    assert main(arguments, lambda held: asked.append(held) or 5) == 5
    assert asked == [options]


WRONG = [
    (["inspct"], "did you mean inspect"),
    (["nothing-such"], "'nothing-such' is neither a command nor a file"),
    (["a.onnx", "b.onnx"], "unrecognized arguments: b.onnx"),
    (["--size", "big"], "'big' is not a size such as 1440x900"),
    (["--size", "99999x99999"], "is not a size"),
    (["--theme", "pink"], "invalid choice: 'pink'"),
    (["a.onnx", "--example", "digits"], "cannot be opened at once"),
    (["inspect"], "the following arguments are required: MODEL"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.txt"], "p.txt is not a name for a project"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--correct", "bias"], "--correct is not"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--samples", "0"], "not a positive integer"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--scale", "nan"], "'nan' is not a number"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--scale", "-1"], "is not above 0"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--layer", "w4a8"], "PATTERN=w4a8"),
    (["quantize", "m.onnx", "-d", "x", "-o", "p.tmls", "--arithmetic", "f32"], "not available"),
    (["set", "p.tmls", "--tensor-range", "a=1"], "NAME=low,high"),
    (["set", "p.tmls", "--range", "kl"], "invalid choice"),
    (["simulate", "p.tmls", "-i", "x.npy"], "nothing is asked for"),
    (["simulate", "p.tmls", "-i", "x", "--float", "--trace", "d"], "--float has no integers"),
    (["export", "p.tmls", "-o", "a", "--format", "tflite"], "invalid choice: 'tflite'"),
    (["export", "p.tmls", "-o", "a", "--format", "onnx", "--name", "m4"], "are for C"),
    *(([name], f"{name} is not available in this version") for name in RESERVED),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_a_wrong_call_is_one_line_and_status_2(capsys, arguments, message):
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("tinyml-studio: error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(capsys, name):
    status, out, err = call(capsys, name, "--help")
    assert (status, err) == (0, "")
    assert f"tinyml-studio {name}" in out


def test_help_lists_commands_and_no_others(capsys):
    _, out, _ = call(capsys, "--help")
    assert all(f"  {name} " in out for name in COMMANDS)
    assert not any(f"  {name} " in out for name in RESERVED)


class Fails:
    """A command that raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def add_arguments(self, parser) -> None:
        pass

    def run(self, args) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (DataError("a\nb", detail="c"), 2, "error: a b: c"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (Cancelled(), 130, "interrupted"),
        (ZeroDivisionError("x"), 70, "internal error: ZeroDivisionError: x"),
        (DataError("\x1b[2J"), 2, "\\x1b[2J"),
    ],
)
def test_whatever_is_raised_has_its_status(capsys, monkeypatch, error, status, message):
    monkeypatch.setattr(Command, "load", lambda _: Fails(error))
    found, out, err = call(capsys, "inspect")
    assert (found, out) == (status, "")
    assert message in err
    assert err.count("\n") == 1


def script(*arguments: str, **options) -> sp.CompletedProcess:
    command = [sys.executable, "-m", "tinyml_studio", *arguments]
    return sp.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys; from tinyml_studio.cli.dispatch import main; main(sys.argv[1:], None);"
        "print([name for name in ('numpy', 'onnxruntime', 'PySide6') if name in sys.modules])"
    )
    for flag in ("--help", "--version"):
        done = sp.run(
            [sys.executable, "-c", code, flag],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.endswith("[]\n"), done.stdout + done.stderr


def test_version():
    assert script("--version").stdout == f"tinyml-studio {tinyml_studio.__version__}\n"


def test_a_closed_pipe_is_quiet():
    command = f"{sys.executable} -m tinyml_studio targets --json | true; echo ${{PIPESTATUS[0]}}"
    done = sp.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() in {"141", "0"}


def test_a_full_disc_behind_stdout_is_an_error():
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "tinyml_studio", "targets"]
        done = sp.run(command, cwd=ROOT, stdout=full, stderr=sp.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_interrupt_leaves_with_130():
    code = (
        "import sys; from tinyml_studio.cli.command import Command\n"
        "class Waits:\n"
        "    def add_arguments(self, parser): pass\n"
        "    def run(self, args):\n"
        "        print('ready', flush=True)\n"
        "        import time; time.sleep(30)\n"
        "Command.load = lambda self: Waits()\n"
        "from tinyml_studio.cli.dispatch import main; sys.exit(main(['inspect'], None))"
    )
    command = [sys.executable, "-c", code]
    with sp.Popen(command, cwd=ROOT, stdout=sp.PIPE, stderr=sp.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=10)
    assert child.returncode == 130
    assert err == "tinyml-studio: interrupted\n"


def test_progress_goes_to_a_terminal_only():
    """Stderr as a terminal shows progress; stdout stays the answer alone."""
    code = (
        "from tinyml_studio.cli.progress import with_progress\n"
        "def work(told):\n"
        "    told(1, 2, 'counting'); return 'answer'\n"
        "print(with_progress('count', work))"
    )
    master, slave = pty.openpty()
    command = [sys.executable, "-c", code]
    done = sp.run(command, cwd=ROOT, stdout=sp.PIPE, stderr=slave, text=True, check=True)
    os.close(slave)
    shown = os.read(master, 4096).decode()
    os.close(master)
    assert done.stdout == "answer\n"
    assert "Counting 50 %" in shown
    assert sp.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr == ""
