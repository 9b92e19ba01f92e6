# Everything goes through .venv, which `setup` builds from requirements.lock. Nothing needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The workspace that `grade` works in, and the tasks that it takes; none means all.
WORKSPACE ?= .
TASKS ?=
STAMP := $(VENV)/.installed
# The one package outside the lock's hashes: indexes carry different builds of it (CPU only, CUDA).
TORCH := torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help setup grade test gpu lint lock messages benchmark attacks simulate simulate-attacks soak clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "arena needs Python 3.11 or later; set PYTHON=python3.11"; exit 2; }
	@echo "Installing into $(VENV) (once; a few minutes)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP) ## Build .venv from the lock file

grade: setup ## Grade what is under submissions/ and update leaderboard/
	$(BIN)/arena -C $(WORKSPACE) grade $(TASKS)

test: setup ## Run every test, with coverage
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term --cov-fail-under=90

gpu: setup ## Run the tests that need an NVIDIA GPU, and write what they measured into docs/reference/gpu.md
	rm -f .gpu-results.jsonl
	ARENA_GPU_RESULTS=.gpu-results.jsonl $(BIN)/python -m pytest -rs -s tests/gpu; tested=$$?; \
		test ! -e .gpu-results.jsonl || $(BIN)/python tools/gpu_report.py .gpu-results.jsonl; exit $$tested

lint: setup ## ruff, mypy strict, import-linter, translations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py --check

messages: setup ## Compile the translations after editing them
	$(BIN)/python tools/messages.py

benchmark: setup ## Measure the grading overhead, scoring, the start of the command line, the sandbox, and the ledger
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/enforcement.py
	$(BIN)/python benchmarks/sampling.py
	$(BIN)/python benchmarks/ledger.py

attacks: setup ## Try every attack under every launcher, as root and as an ordinary account; write its page
	$(BIN)/python -m tests.integration.attacks

simulate: setup ## Repeat by simulation what is said of intervals and ranks; write its page
	$(BIN)/python -m simulations.statistics

simulate-attacks: setup ## Attack boards of random labels under each feedback rule; write its page
	$(BIN)/python -m simulations.attacks

soak: setup ## Run a thousand hostile and honest programs in random order, then look around; write its page
	$(BIN)/python tools/soak.py

lock: ## Resolve requirements.lock anew
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet pip-tools
	$(VENV)-lock/bin/pip-compile --quiet --no-strip-extras --generate-hashes --all-extras --unsafe-package torch \
		--no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml
	rm -rf $(VENV)-lock

clean: ## Remove .venv and caches; keeps the vault, submissions and boards
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
