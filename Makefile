# Everything runs from a checkout with Python 3.11, 3.12 or 3.13 and a network:  make demo,  make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEXTS := $(wildcard locales/*/LC_MESSAGES/jarshy.po)
COMPILED := $(TEXTS:.po=.mo)
# Two more than there are cores, for many tests wait; at most six, for all share one PostgreSQL server.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n > 3 ? 6 : n + 2)))
TESTS ?=
DEMO ?=
DATA ?=
EVALUATE ?=

.PHONY: help setup catalogues demo run test lint types check torture evaluate bench docker-check audit lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Jarshy needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

%.mo: %.po | $(READY)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --domain jarshy

setup: $(READY) $(COMPILED) ## make .venv, install from the lock, compile the catalogues
catalogues: $(COMPILED) ## compile the catalogues

demo: setup ## the whole bot in a browser: no token, no network
	$(BIN)/python -m bot demo $(DEMO)

run: setup ## the bot for real; needs BOT_TOKEN in the environment or in .env
	$(BIN)/python -m bot run

test: setup ## all tests but the long ones
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

lint: setup ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## strict types
	$(BIN)/mypy

check: lint types test ## lint, types and tests

torture: setup ## the long tests
	$(BIN)/pytest -m torture --timeout 3600

evaluate: setup ## how well matching does on development sets: make evaluate DATA=FOLDER
	$(BIN)/python -m tests.evaluation $(DATA) $(EVALUATE)

bench: setup ## performance, as ratios against a named baseline in the same run
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docker-check: setup ## the Dockerfile's steps without Docker, in a minimal Debian; needs root and debootstrap
	$(BIN)/python tests/tools/dockerfile_in_chroot.py

audit: setup ## known holes in the libraries; needs a network, and fails where one could not be looked up
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock || \
		{ echo "audit: a library has a known hole, or could not be looked up: nothing is proven" >&2; exit 1; }

lock: setup ## renew the locks, valid for Python 3.11 to 3.13
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--extra postgres --output-file requirements.lock pyproject.toml $(LOCK_OPTIONS)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
		--extra postgres --group dev --output-file requirements-dev.lock pyproject.toml $(LOCK_OPTIONS)

clean: ## remove what was built
	rm -rf $(VENV) .venv-3.* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis $(COMPILED)
