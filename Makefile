# The commands of the project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export HOST ?= 127.0.0.1
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run stack test bench check lock clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/.runtime ## Serve the embedded stack on HOST:PORT (127.0.0.1:8000)
	@exec $(PY) manage.py serve

stack: $(VENV)/.dev ## Serve the production stack on HOST:PORT from local PostgreSQL and Redis
	@exec $(PY) manage.py stack

test: $(VENV)/.dev ## Run every check and test that this machine can run
	@exec $(PY) -m tests.all

bench: $(VENV)/.dev ## Measure speed and size, about 10 minutes; BENCH=full for all of it
	@exec $(PY) -m tests.bench $(if $(filter full,$(BENCH)),--full)

check: $(VENV)/.dev ## Lint and type-check only
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy .

lock: $(VENV)/.dev ## Pin the dependencies of pyproject.toml anew
	@$(VENV)/bin/pip install --quiet uv
	@$(VENV)/bin/uv pip compile pyproject.toml --upgrade --generate-hashes --no-header \
		--no-emit-index-url --python-version 3.11 --quiet -o requirements.txt
	@$(VENV)/bin/uv pip compile pyproject.toml --upgrade --extra stack --extra telemetry --generate-hashes \
		--no-header --no-emit-index-url --python-version 3.11 --quiet -c requirements.txt \
		-o requirements-stack.txt
	@$(VENV)/bin/uv pip compile pyproject.toml --upgrade --group dev --extra stack \
		--generate-hashes --no-header --no-emit-index-url --python-version 3.11 --quiet \
		-c requirements.txt -o requirements-dev.txt
	@$(VENV)/bin/uv pip compile --group conformance --upgrade --no-deps --generate-hashes \
		--no-header --no-emit-index-url --python-version 3.11 --quiet -o requirements-conformance.txt
	@$(VENV)/bin/uv pip compile --group conformance-livekit --upgrade --generate-hashes --no-header \
		--no-emit-index-url --python-version 3.11 --quiet -o requirements-conformance-livekit.txt

clean: ## Remove the virtual environment and everything generated
	rm -rf $(VENV) var staticfiles tests/js/node_modules .mypy_cache .ruff_cache .pytest_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "speechcoach needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11 run" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing dependencies (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(PY)
	@echo "Installing development dependencies (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime
