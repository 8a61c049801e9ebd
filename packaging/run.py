"""What ``make run`` does: the window on a bundled example, or the same work headless.

Headless, the whole path runs from a terminal: quantize, evaluate, export a header, compile and
compare it with the simulator, and a picture of the window. Results stand in ``build/run``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "digits"


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def studio(*arguments: object, **environment: str) -> None:
    """Run one command of TinyML Studio and stop at the first that fails."""
    shown = " ".join(str(argument) for argument in arguments)
    print(f"\n$ tinyml-studio {shown}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "tinyml_studio", *map(str, arguments)],
        env={**os.environ, **environment},
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        sys.exit(done.returncode)


def headless() -> None:
    """The same work without a display."""
    example = Path("resources/examples") / EXAMPLE
    results = Path("build/run")
    shutil.rmtree(ROOT / results, ignore_errors=True)
    (ROOT / results).mkdir(parents=True)
    project, header = results / f"{EXAMPLE}.tmls", results / f"{EXAMPLE}.h"
    picture = results / "window.png"
    print("No display: doing the same work headless.")
    studio("inspect", example / "model.onnx")
    studio(
        "quantize", example / "model.onnx", "-d", example / "calibration.npz", "-o", project,
        "--bits", "w8a8",
    )  # fmt: skip
    studio("evaluate", project, "-d", example / "test.npz")
    studio("export", project, "--target", "cortex-m4", "--name", EXAMPLE, "-o", header)
    studio("verify", project, "--target", "cortex-m4")
    studio(project, "--screenshot", picture, QT_QPA_PLATFORM="offscreen")
    print("\nResults:")
    for path in (project, header, picture):
        print(f"  {path}  ({(ROOT / path).stat().st_size:,} bytes)")


def main() -> None:
    """Open the window, or work headless."""
    libraries = [sys.executable, str(ROOT / "packaging" / "system_libraries.py")]
    if subprocess.run(libraries, check=False).returncode:
        sys.exit(1)
    if has_display():
        studio("--example", EXAMPLE)
    else:
        headless()


if __name__ == "__main__":
    main()
