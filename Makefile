# `make` lists the commands. Everything runs in .venv, which set-up builds from the lock files when it is needed.

# The Python to build with: python3, or a newer one beside it where python3 is too old. `make PYTHON=... test` names another.
ifndef PYTHON
PYTHON := $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && exit; done; echo python3)
endif
BIN := .venv/bin
ARGS ?=
T ?= tests
SECONDS ?= 300

SETUP = command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo 'error: comity needs Python 3.11 or newer; there is no $(PYTHON) here' >&2; \
	echo 'hint:  install one, or name one: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; }; \
	$(PYTHON) scripts/setup.py

.PHONY: help demo screens setup-run setup test check style types layers format bench fuzz soak catalogue lock clean
.DEFAULT_GOAL := help

help:
	@echo 'Try it'
	@echo '  make demo            a request between two invented States, on this machine; ARGS=... passes options on'
	@echo
	@echo 'Work on it'
	@echo '  make setup           build .venv with the development tools (the others do this themselves)'
	@echo '  make test            the tests; T=tests/unit/base runs a part of them'
	@echo '  make check           everything a change must pass: style, types, layers, tests with the documents'
	@echo '  make style           formatting and lint alone'
	@echo '  make types           mypy alone'
	@echo '  make layers          who may import whom, alone'
	@echo '  make format          put the formatting right'
	@echo '  make bench           measure; ARGS=--json for one JSON object'
	@echo '  make fuzz            feed the parsers what nobody would send; SECONDS=300 in all, ARGS=note for one; Linux only'
	@echo '  make soak            long runs: nodes killed under load, transfers cut off, disks that fail; hours'
	@echo
	@echo 'Look after it'
	@echo '  make catalogue       bring the catalogues of the six languages up to date; ARGS=--check only looks'
	@echo '  make lock            write the lock files anew; ARGS=--upgrade moves to newer versions'
	@echo '  make screens         draw docs/screens anew; needs a browser'
	@echo '  make clean           remove all that the commands above made'

setup-run:
	@$(SETUP) run

setup:
	@$(SETUP) dev

demo: setup-run
	@$(BIN)/comity demo $(ARGS)

test: setup
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(T) $(ARGS)

check: style types layers test

style: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup
	@$(BIN)/python -m bench $(ARGS)

catalogue: setup
	@$(BIN)/python -m scripts.catalogue $(ARGS)

screens: setup
	@$(BIN)/python -m scripts.screens $(ARGS)

fuzz: setup
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

soak: setup
	$(BIN)/python -m tests.soak.chaos $(ARGS)
	$(BIN)/python -m tests.soak.chaos --database postgresql $(ARGS)
	$(BIN)/python -m tests.soak.cluster
	$(BIN)/python -m tests.soak.standby
	$(BIN)/python -m tests.soak.lease
	$(BIN)/python -m tests.soak.skew
	$(BIN)/python -m tests.soak.transfer
	$(BIN)/python -m tests.soak.sealing
	$(BIN)/python -m tests.soak.full_disk
	$(BIN)/python -m tests.soak.failpoints
	$(BIN)/python -m tests.soak.killed_at
	$(BIN)/python -m tests.soak.power_cut
	$(BIN)/python -m tests.soak.flushes
	$(BIN)/python -m tests.soak.bad_disk
	$(BIN)/python -m tests.soak.onslaught
	COMITY_API_EXAMPLES=100 $(BIN)/python -m pytest -q tests/unit/api/test_conformance.py
	COMITY_DELIVERY_EXAMPLES=2000 COMITY_DELIVERY_STEPS=60 $(BIN)/python -m pytest -q tests/properties/test_delivery_laws.py

lock:
	@$(PYTHON) -m scripts.lock $(ARGS)

clean:
	rm -rf .venv .tools build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
