# Vidare: `make run` serves the whole system, `make test` runs every test. Needs Python 3.11 to 3.13, make and git alone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test demo bench chaos audit fuzz lint browser pictures lock

VENV := .venv
PYTHON := $(VENV)/bin/python

help:
	@echo "make run    set everything up and serve it (VIDARE_HOME, VIDARE_BASE_PORT)"
	@echo "make demo   send sample notes into a running stack and show each one's way"
	@echo "make test   every test, linters and type checks among them (PYTEST='-k name' for some)"
	@echo "make lint   ruff, mypy and import-linter alone"
	@echo "make audit  known vulnerabilities of our libraries;  make fuzz  hostile files, mails and rules for a few minutes"
	@echo "make bench  measure the speed promises;  make chaos  ten minutes of kills, freezes and forgetting"

run: $(VENV)/.local-stamp
	@$(PYTHON) -m local

demo: $(VENV)/.local-stamp
	@$(PYTHON) -m local.demo

# The linters are tests too (tests/architecture), so that one summary tells everything.
test: $(VENV)/.dev-stamp
	@$(PYTHON) -m pytest -n 2 --dist loadgroup $(PYTEST)

lint: $(VENV)/.dev-stamp
	@$(PYTHON) -m pytest -q tests/architecture/test_lint.py tests/unit/notify/compose/test_lint.py

browser: $(VENV)/.dev-stamp
	@VIDARE_REQUIRE_BROWSER=1 $(PYTHON) -m pytest tests/browser

bench: $(VENV)/.dev-stamp
	@$(PYTHON) -m bench

chaos: $(VENV)/.dev-stamp
	@$(PYTHON) -m bench.chaos

# Known vulnerabilities of the libraries that are served; says so where their list cannot be reached.
audit: $(VENV)/.dev-stamp
	@$(PYTHON) .ci/audit.py

# Led by coverage (atheris, which is no part of the locks: it has wheels for Linux on x86-64 alone).
fuzz: $(VENV)/.dev-stamp
	@$(PYTHON) -c "import atheris" 2>/dev/null || $(PYTHON) -m pip install -q "atheris>=3.0"
	@$(PYTHON) -m bench.fuzz

# Of a running stack with notes in it; needs Chromium.
pictures: $(VENV)/.dev-stamp
	@$(PYTHON) docs/pictures/take.py

# After a change of the dependencies in pyproject.toml: one lock for production, one with the embedded stack, one with the tests.
lock:
	@$(PYTHON) -m pip install -q uv
	@for each in "requirements.lock" "requirements-local.lock --extra local" "requirements-dev.lock --extra local --extra dev"; do \
	  $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o $$each; done

# The libraries, by the hashes of the lock; installed again only when a lock or pyproject.toml changed.
$(VENV)/.local-stamp: requirements-local.lock pyproject.toml local/install.sh
	@if [ -e $(VENV)/.dev-stamp ]; then local/install.sh $(VENV) requirements-dev.lock; else local/install.sh $(VENV) requirements-local.lock; fi
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock pyproject.toml local/install.sh
	@local/install.sh $(VENV) requirements-dev.lock
	@touch $(VENV)/.local-stamp $@
