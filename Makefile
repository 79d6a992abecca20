# Vidare: `make run` serves the whole system, `make test` runs every test. Needs Python 3.11 to 3.13, make and git alone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run demo test unit lint browser bench chaos fuzz audit docs pictures lock

VENV := .venv
PYTHON := $(VENV)/bin/python

help:
	@echo "make run    set everything up and serve it (VIDARE_HOME, VIDARE_BASE_PORT)"
	@echo "make demo   send sample messages into a running stack and follow each one"
	@echo "make test   the linters and every test (PYTEST='-k name' for some)"
	@echo "make unit   the tests that need no server;  make lint   ruff, mypy, import-linter and deptry"
	@echo "make audit  known vulnerabilities of our libraries;  make fuzz   hostile files, mails and rules for a few minutes"
	@echo "make bench  measure the speed promises ('make bench whole' some of them);  make chaos  ten minutes of kills, freezes and lost state"
	@echo "make docs   write the generated pages;  make pictures  of a running stack;  make lock  after a change of dependencies"

run: $(VENV)/.local-stamp
	@$(PYTHON) -m local

demo: $(VENV)/.local-stamp
	@$(PYTHON) -m local.demo

# One summary at the end: pytest's.
test: lint
	@$(PYTHON) -m pytest -n 2 --dist loadgroup $(PYTEST)

unit: $(VENV)/.dev-stamp
	@$(PYTHON) -m pytest -q -n 2 --hypothesis-profile=quick tests/unit $(PYTEST)

# Each is silent while it finds nothing.
lint: $(VENV)/.dev-stamp
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy --no-error-summary shared services local bench tests
	@found=$$($(VENV)/bin/lint-imports --no-logo 2>&1) || { echo "$$found"; exit 1; }
	@found=$$($(VENV)/bin/deptry --no-ansi . 2>&1) || { echo "$$found"; exit 1; }

browser: $(VENV)/.dev-stamp
	@VIDARE_REQUIRE_BROWSER=1 $(PYTHON) -m pytest tests/browser

# `make bench whole` measures the named parts alone.
BENCH := $(if $(filter bench,$(firstword $(MAKECMDGOALS))),$(wordlist 2,99,$(MAKECMDGOALS)))
bench: $(VENV)/.dev-stamp
	@$(PYTHON) -m bench $(BENCH)
ifneq ($(BENCH),)
.PHONY: $(BENCH)
$(BENCH): ; @:
endif

chaos: $(VENV)/.dev-stamp
	@$(PYTHON) -m bench.chaos

# Known vulnerabilities of the libraries that are served; says so where their list cannot be reached.
audit: $(VENV)/.dev-stamp
	@$(PYTHON) .ci/audit.py

# Led by coverage (atheris, which is no part of the locks: it has wheels for Linux on x86-64 alone).
fuzz: $(VENV)/.dev-stamp
	@$(PYTHON) -c "import atheris" 2>/dev/null || $(PYTHON) -m pip install -q "atheris>=3.0"
	@$(PYTHON) -m bench.fuzz

# The pages that are made from the code: the schema, the settings, the crash points, the rules' table and JSON Schema.
docs: $(VENV)/.dev-stamp
	@$(PYTHON) -m tests.schema_page
	@$(PYTHON) -m tests.rules_page
	@$(PYTHON) -m tests.topic_ranks
	@VIDARE_UPDATE_DOCS=1 $(PYTHON) -m pytest -q tests/architecture/test_settings_documented.py tests/architecture/test_crash_points.py

# Of a running stack with tickets in it; needs Chromium.
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
