# The two commands of the README are `make run` and `make test`; each sets everything up on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run setup test check bench docs clean

run: setup
	$(BIN)/python -m streamlit run app.py

setup: $(VENV)/.ready

# torch comes first and by its exact version: a range would bring several GB of GPU libraries on some machines.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Semascope needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m core.kernels
	$(BIN)/python -m core.runs.compiled
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

# Lint, types, import contracts, then every test that is not marked slow; a browser with its server and its trainings
# needs the machine for itself.
test: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n logical --maxprocesses 4 -m "not slow and not browser"
	$(BIN)/python -m pytest -m "browser and not slow"

check: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -m "slow or not slow"

bench: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	$(BIN)/python -m tests.bench

docs: $(VENV)/.ready
	$(BIN)/python -m tests.docs

clean:
	rm -rf $(VENV)
