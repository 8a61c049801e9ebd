import os
import subprocess
import sys
from pathlib import Path

import pytest

from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.errors import StudioError
from tinyml_studio.gui import display

ROOT = Path(__file__).resolve().parents[2]


def test_a_missing_library_names_its_package():
    error = display.missing_library("libEGL.so.1: cannot open shared object file")
    assert "libEGL.so.1" in error.title
    assert "libegl1 brings it" in error.hint
    assert "libxcb-cursor0" in error.hint


def test_an_import_error_without_a_library_says_how_to_install():
    error = display.missing_library("No module named 'PySide6'")
    assert "pip install PySide6-Essentials" in error.hint


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_without_a_display_a_window_is_refused_and_a_picture_is_not(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StudioError, match="no display"):
        display.check_display(draws_only=False)
    display.check_display(draws_only=True)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_a_display_that_does_not_answer_is_an_error_and_no_abort(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    with pytest.raises(StudioError):
        display.check_display(draws_only=False)


def test_a_qt_that_cannot_be_loaded_is_an_error(monkeypatch):
    def refuse(name: str):
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(display.importlib, "import_module", refuse)
    with pytest.raises(StudioError, match=r"libGL\.so\.1"):
        display.check_bindings()


def run_window(tmp_path: Path, options: WindowOptions) -> subprocess.CompletedProcess[str]:
    """Open the window in a process of its own, as a person does."""
    code = (
        "import sys\nfrom pathlib import Path, PosixPath, WindowsPath\n"
        "from tinyml_studio.app.window_options import WindowOptions\n"
        "from tinyml_studio.errors import StudioError\n"
        "from tinyml_studio.gui.application import run_window\n"
        f"try:\n    sys.exit(run_window({options!r}))\n"
        "except StudioError as error:\n    print(error)\n    sys.exit(2)\n"
    )
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=str(tmp_path))
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_screenshot_of_an_example_is_taken_and_the_exit_is_clean(tmp_path):
    picture = tmp_path / "out.png"
    done = run_window(
        tmp_path,
        WindowOptions(example="motion", screenshot=picture, theme="dark", size=(1024, 700)),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture.read_bytes()[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1024, 700)
    assert not list(tmp_path.glob("TinyML Studio/*"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (WindowOptions(path=Path("missing.onnx"), screenshot=Path("x.png")), "missing.onnx"),
        (WindowOptions(example="digits", pane="nowhere", screenshot=Path("x.png")), "nowhere"),
        (WindowOptions(screenshot=Path("/no/such/folder/x.png")), "/no/such/folder/x.png"),
    ],
)
def test_a_screenshot_that_cannot_be_is_one_clear_error(tmp_path, options, words):
    done = run_window(tmp_path, options)
    assert done.returncode == 2
    assert words in done.stdout
    assert "Traceback" not in done.stderr
