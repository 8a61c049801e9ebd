# One face for commands. Everything happens in .venv; nothing needs to be installed first but
# Python 3.11 or later, pip and a C compiler.

PYTHON ?= python3
BIN := .venv/bin
OFFSCREEN := QT_QPA_PLATFORM=offscreen

.PHONY: run test lint format types imports unit gui bench screenshots package clean

run: .venv/ready         ## open the window on a bundled example; headless without a display
	$(BIN)/python packaging/run.py

test: .venv/ready        ## everything that must hold before a commit
	$(BIN)/python packaging/system_libraries.py
	$(MAKE) --output-sync=target -j2 lint types imports
	$(OFFSCREEN) $(BIN)/pytest -q -n auto --dist worksteal

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports

unit: .venv/ready        ## the tests without the window
	$(BIN)/pytest -q -n auto --dist worksteal --ignore tests/gui

gui: .venv/ready         ## the tests of the window
	$(OFFSCREEN) $(BIN)/pytest -q tests/gui

bench: .venv/ready       ## speed as ratios taken in one run
	$(BIN)/python -m tests.bench

screenshots: .venv/ready ## every pane in every state into build/screenshots, the README's into docs
	$(OFFSCREEN) $(BIN)/python packaging/screenshots.py

package: .venv/ready     ## wheel and source archive into dist
	$(BIN)/pip install -q build
	$(BIN)/python -m build

.venv/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("TinyML Studio needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { echo 'on Debian or Ubuntu: sudo apt-get install python3-venv' >&2; exit 1; }
	$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
