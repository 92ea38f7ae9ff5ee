# make run · make test · make check · make bench: each sets up what it needs, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
ARGS ?=

.PHONY: run test check bench pictures clean

run: $(VENV)/.run
	@$(BIN)/python -m tui $(if $(ARGS),$(ARGS),demo --key-beside-data --or-last)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

pictures: $(VENV)/.dev
	@$(BIN)/python -m bench.pictures

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "ConneqtOS needs Python 3.11 or newer, and $(PYTHON) is not. Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up (once) ..."
	@$(PIP) --constraint constraints.txt --editable .
	@$(BIN)/python -m compileall -q engine sync tui
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up for development (once) ..."
	@$(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run
