# SPDX-License-Identifier: GPL-2.0-or-later
# Every target makes what it needs, .venv included.  Wants: Python 3.11, git, make, a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2
TREE ?=
MBOX ?=
FLOW ?= 1500

.DEFAULT_GOAL := check
.PHONY: bytecode demo test test-slow lint check format bench bench-c fuzz picture man manual clean help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(READY): pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gfplint needs Python 3.11 or later; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# An installed package has its bytecode made by the installer; a checkout has it here, also where
# PYTHONDONTWRITEBYTECODE forbids Python to do so by itself: without it a run takes twice as long.
bytecode: $(READY)
	@$(BIN)/python -m compileall -q gfplint rules

demo: bytecode ## set up, and lint a small series
	@$(BIN)/gfplint check examples/demo.mbox || test $$? -eq 1

test: bytecode ## the tests, without the slow ones
	$(PYTEST) -q -n $(JOBS) -m 'not slow'

$(PEERS): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	@touch $@

test-slow: bytecode $(PEERS) ## the slow ones: wheel, corpora, peers
	$(PYTEST) -q -m slow

lint: $(READY) ## ruff and mypy --strict, over package, rules, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

format: $(READY) ## put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test test-slow ## all of them (the default)

bench: bytecode ## start-up; with MBOX= mails and patches a second (TREE= a kernel tree, a git one for the patches)
	$(BIN)/python bench/startup.py $(if $(TREE),--tree '$(TREE)')
	$(if $(MBOX),$(BIN)/python bench/intake.py '$(MBOX)')
	$(if $(MBOX),$(BIN)/python bench/images.py '$(MBOX)')
	$(if $(MBOX),$(if $(TREE),$(BIN)/python bench/images.py --tree '$(TREE)' '$(MBOX)'))

bench-c: bytecode ## how well and how fast kernel C is read and followed (TREE= a kernel tree; FLOW=0 its whole, an hour of CPU)
	@test -n '$(TREE)' || { echo 'bench-c: name a kernel tree: make bench-c TREE=...' >&2; exit 2; }
	$(BIN)/python bench/reading.py $(if $(filter 0,$(FLOW)),--whole) '$(TREE)'
	$(BIN)/python bench/flow.py --jobs $(JOBS) --sample $(FLOW) '$(TREE)'

fuzz: bytecode ## the property tests, a hundred times as long; damaged mails
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) -q -n $(JOBS) -m hypothesis
	$(BIN)/python tests/fuzz_intake.py

picture: bytecode ## the picture of the README, as the program paints it
	$(BIN)/gfplint check --no-tree --select gfp --format svg=docs/demo.svg examples/demo.mbox || test $$? -eq 1

man: bytecode ## the manual pages, into build/man
	@$(BIN)/python -m gfplint.cli.manual man build/man

manual: bytecode ## one HTML page of all rules, build/manual.html
	@mkdir -p build && $(BIN)/python -m gfplint.cli.manual html build/manual.html

clean: ## what the others made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
