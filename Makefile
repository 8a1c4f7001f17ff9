# `make demo` runs the whole chain, `make test` checks the project; both set up what they need.

PYTHON ?= python3
BIN := .venv/bin
PINS := pyproject.toml constraints.txt

# Material for MkDocs announces its successor at every build.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help demo truth test clean system

help:
	@echo "make demo    compile, simulate and compare a trained network; results in runs/demo"
	@echo "make truth   every test recording at transistor level, hours; its figures in the pages"
	@echo "make test    check style, types, layers and documentation, then run the tests"
	@echo "make clean   remove caches, the built documentation and runs/demo"
	@echo
	@echo "The first run sets up .venv with $(PYTHON) (PYTHON=... chooses another, 3.11 or newer)"
	@echo "and installs ngspice where it is missing."

demo: .venv/installed
	@$(BIN)/hwsim demo --out runs/demo

# Interrupted at any time, it goes on where it was.
truth: .venv/installed
	@$(BIN)/hwsim export models/japanese_vowels_cmru_k3_d8.safetensors --out runs/truth/export
	@$(BIN)/hwsim verify runs/truth/export --partition cell --samples 370 --json \
		>runs/truth/verification.json
	@$(BIN)/python scripts/transistor_figures.py --verification runs/truth/verification.json

# MkDocs counts no warning that --quiet hides, so --strict would pass.
test: .venv/installed-dev
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/mkdocs build --strict
	$(BIN)/pytest -q

.venv/installed: $(PINS) | system
	@scripts/install.sh "$(PYTHON)" .
	@touch $@

.venv/installed-dev: $(PINS) | system
	@scripts/install.sh "$(PYTHON)" '.[dev,docs]'
	@touch .venv/installed $@

system:
	@scripts/system-packages.sh "$(PYTHON)"

clean:
	rm -rf runs/demo site build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf .hypothesis
	find . -path ./.venv -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
