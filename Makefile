# Everything needs only Python 3.11 or later, make and a package index; the tools live in .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
# Other people's checkers, and the packages that they and we are measured on, are kept apart from our own tools.
PEERS := .venv-peers
PEERS_READY := $(PEERS)/.ready
# Two processes are what a small machine has; more only help where there are more cores.
WORKERS ?= 2
# Node's packages: the extension's tools, and the editor that its smoke test drives.
NODE_READY := node_modules/.ready
EDITORS := .editors
# How docs-check says what it finds; "github" annotates a pull request.
DOCS_FORMAT ?= text

.PHONY: help setup fix check docs-check pages test package test-editors bench bench-seed bench-growth soak staleness models demo demo-model clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

setup: $(READY) ## Make .venv with Glossator and its tools in it

fix: $(READY) ## Format the code, mend what ruff can mend, run the documents' examples
	$(BIN)/ruff check --fix server tests
	$(BIN)/ruff format server tests
	$(BIN)/python tests/support/examples.py

check: $(READY) ## Lint, formatting, types, import contracts, our own docstrings
	$(BIN)/ruff check server tests
	$(BIN)/ruff format --check server tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory docs-check

docs-check: $(READY) ## Our own docstrings alone; the workflow docs.yml runs it with DOCS_FORMAT=github
	$(BIN)/glossator check --output-format $(DOCS_FORMAT) server tests/benchmarks
	$(BIN)/glossator write --check server
	$(BIN)/glossator check --select GLS4 --output-format $(DOCS_FORMAT) docs README.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md

pages: $(READY) ## Renew what is generated of our documents: the reference and the tables of settings
	$(BIN)/glossator page update docs

test: check ## All of check, then the tests with coverage
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term

$(NODE_READY): package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $(NODE_READY)

package: $(READY) $(NODE_READY) ## Build the wheel and the VS Code extension into dist/ (needs Node 20 or later)
	rm -rf dist vscode-extension/server
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	mkdir vscode-extension/server
	cp dist/*.whl vscode-extension/server/
	npm run --silent package --workspace vscode-extension

$(EDITORS)/.ready: vscode-extension/smoke/install.sh
	vscode-extension/smoke/install.sh $(EDITORS)

test-editors: package $(EDITORS)/.ready ## The extension's tests, and what a person does in a real VS Code (needs Node 20, Chromium)
	npm test --silent --workspace vscode-extension
	EDITORS=$(EDITORS) VSIX=$$(ls dist/*.vsix) GLOSSATOR=$(BIN)/glossator OUT=build/editors node vscode-extension/smoke/smoke.mjs
	EDITORS=$(EDITORS) VSIX=$$(ls dist/*.vsix) GLOSSATOR=$(BIN)/glossator OUT=build/editors node vscode-extension/smoke/model.mjs

soak: $(READY) ## The full counts: kill -9, long edits, large workspaces, properties at random (slow)
	$(BIN)/python -m pytest -n $(WORKERS) -m soak
	$(BIN)/python -m pytest -n $(WORKERS) -m hypothesis --hypothesis-profile=explore

bench: $(READY) ## Measure start, keystrokes, throughput and memory beside their floors
	$(BIN)/python tests/benchmarks

bench-seed: $(READY) ## Put a load on it, beside the figures that it set out to beat (15 minutes)
	$(BIN)/python tests/benchmarks/load.py

bench-growth: $(READY) ## Measure what a symbol, a file and an edit cost in workspaces of 10 to 10,000 files (2 minutes)
	$(BIN)/python tests/benchmarks/growth.py

$(PEERS_READY): tests/staleness/peers.txt tests/staleness/subjects.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/staleness/peers.txt
	rm -rf $(PEERS)/subjects
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
		--target $(PEERS)/subjects -r tests/staleness/subjects.txt
	@touch $(PEERS_READY)

staleness: $(READY) $(PEERS_READY) ## Count which stale docstrings we find and mend, beside other checkers
	$(BIN)/python tests/staleness
	$(BIN)/python tests/staleness --repair
	$(BIN)/python tests/staleness --speed

models: $(READY) ## Count what the docstrings of the local model are worth, over 200 functions (20 minutes)
	$(BIN)/python tests/models --functions 200 --seed 1

demo: $(READY) ## Document a copy of fixtures/demo and show what changed
	@$(BIN)/python fixtures/demo.py

demo-model: $(READY) ## The same with the model of this machine (minutes), and whose each text is
	@$(BIN)/python fixtures/demo_model.py

clean: ## Remove .venv and everything that was generated
	rm -rf .venv $(PEERS) .coverage .coverage.* htmlcov dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules $(EDITORS)
	rm -rf vscode-extension/out vscode-extension/server
	find server tests fixtures -name __pycache__ -type d -prune -exec rm -rf {} +
