"""Runs every benchmark of this folder and prints its figures: ``make bench``.

Figures are ratios taken in one run, or counts; times alone say nothing on another machine.
"""

import importlib
import sys
from pathlib import Path


def main() -> int:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        module = importlib.import_module(f"tests.bench.{path.stem}")
        print(f"## {module.__doc__.strip().splitlines()[0]}", flush=True)
        module.main()
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
