# What each target does stands beside it; `make` alone lists them.
# The system's own Python where it is new enough, else one in PATH.
IS_NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
ifndef PYTHON
PYTHON := $(shell for each in /usr/bin/python3 python3 python3.11; do \
	$$each $(IS_NEW_ENOUGH) 2>/dev/null && command -v $$each && break; done)
endif
ONLY ?=
TESTS ?=
JANJI := .venv/bin/janji
# Many processes are started here; each would compile the whole code again where this is set.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help up down test test-system test-machines lint sbom guarantees bench assets install install-dev

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

up: install ## Start everything on this machine; Ctrl-C ends it
	@$(JANJI) up

down: ## End what `make up` started
	@$(JANJI) down

test: install-dev ## Run the suite on servers of its own; TESTS=tests/unit runs some
	@.venv/bin/python -m pytest -n 6 --dist loadfile --no-loadscope-reorder -m "not system" --ignore=tests/browser $(TESTS)

test-system: install-dev ## Run what needs a browser, other packages, minutes or fresh machines
	@.venv/bin/python -m tests.support.machines.programs
	@.venv/bin/python -m pytest -n 2 --dist loadfile -m system tests/browser \
		|| test $$? -eq 5 # no browser can be had here, which was said above
	@.venv/bin/python -m pytest -n 2 --dist loadfile -m "system and not machine" --ignore=tests/browser
	@$(MAKE) --no-print-directory test-machines

test-machines: install-dev ## Run README's two commands on fresh Debian 12 and 13 (8 minutes)
	@.venv/bin/python -m tests.support.machines.programs
	@.venv/bin/python -m pytest -v --durations=0 -o faulthandler_timeout=3600 -m machine \
		|| test $$? -eq 5 # no machine can be made here, which was said above

lint: install-dev ## Check style, types, who imports whom, and known vulnerabilities
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python -m deploy.supply_chain.known_vulnerabilities

sbom: install-dev ## Write sbom.json: all packages of a release, in CycloneDX
	@.venv/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--mc-type application --of JSON --output-reproducible --output-file sbom.json

guarantees: install-dev ## Switch guarantees off one by one, each must turn a test red; ONLY=relay runs some
	@.venv/bin/python -m tests.guarantees $(ONLY)

bench: install-dev ## Measure against baselines; ONLY=append runs some
	@.venv/bin/python -m benchmarks $(ONLY)

assets: ## Build the design system's styles anew (needs npm); the result is committed
	@cd shared/web/page/assets && npm install --no-package-lock --no-audit --no-fund --ignore-scripts && npm run build

install install-dev: .check-python
	@$(PYTHON) -m deploy.local.install $(if $(findstring dev,$@),--dev)

.PHONY: .check-python
.check-python:
	@test -n "$(PYTHON)" && $(PYTHON) $(IS_NEW_ENOUGH) \
		|| { echo "make: Python 3.11 or newer is needed: install python3, or name one by PYTHON=…" >&2; exit 1; }
