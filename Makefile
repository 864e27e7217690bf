# `make` alone tells what there is. Nothing here needs root, and nothing outside this folder is changed.
CONFIG ?= config.yaml
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
# The first interpreter that is new enough, the one we are tested on before the system's own.
FIND_PYTHON := for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done
# Prints what pyproject.toml asks for; pip reads it, so a run needs neither a build nor an installed herdsman.
REQUIREMENTS := import sys, tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	print(*project["dependencies"], *(need for extra in sys.argv[1:] for need in project["optional-dependencies"][extra]), sep="\n")

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev ## everything for working on herdsman itself, into .venv

run: $(VENV)/.run ## start the example herd (Ctrl-C drains and stops it); CONFIG=file for another
	@exec $(PY) -m supervisor -c $(CONFIG)

test: lint types ## lint, types, and all tests, on the servers there are
	@$(PY) -m pytest -n 3 --dist worksteal

check: lint types ## lint, types and the unit tests, in under a minute
	@$(PY) -m pytest -n 2 --dist worksteal -q tests/unit tests/test_architecture.py

lint: $(VENV)/.dev
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .

types: $(VENV)/.dev
	@$(PY) -m mypy

bench: $(VENV)/.dev ## the figures of this machine
	@for name in throughput footprint; do $(PY) -m "bench.$$name" || exit 1; done

clean: ## remove what make made; data (.herdsman) stays
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps, newer than pyproject.toml when what it asks for is installed: then nothing is asked of pip at all.
$(VENV)/.run: pyproject.toml | $(PY)
	@echo "installing what herdsman needs to run into $(VENV)" >&2
	@$(PY) -c '$(REQUIREMENTS)' > $(VENV)/requirements.txt
	@$(PIP) install -r $(VENV)/requirements.txt
	@touch $@

$(VENV)/.dev: pyproject.toml | $(PY)
	@echo "installing what working on herdsman needs into $(VENV)" >&2
	@$(PY) -c '$(REQUIREMENTS)' dev > $(VENV)/requirements.txt
	@$(PIP) install -r $(VENV)/requirements.txt
	@touch $(VENV)/.run $@

$(PY):
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "herdsman needs Python 3.11 or later; none was found" >&2; exit 1; fi; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); echo "no venv: on Debian, apt-get install python3-venv" >&2; exit 1; }
