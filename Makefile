PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

define VENV
@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Python 3.11 or later is needed: make PYTHON=…")'
$(PYTHON) -m venv --clear .venv
endef

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz check format schema bench lock clean

help:  ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s%s\n", $$1, $$2 }' Makefile

demo: .venv/.use  ## Serve the graph of imitated control planes.
	@$(BIN)/python -m gateway demo

test: .venv/.development  ## Run the tests; ARGS="…" goes to pytest.
	$(BIN)/python -m pytest $(ARGS)

fuzz: .venv/.development  ## Run thousands of operations by plans and by graphql-core; ARGS="--seed 2".
	$(BIN)/python -m tests.fuzz $(ARGS)

check: .venv/.development  ## Check format, rules, types, and that schema.graphql is up to date.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m gateway schema | diff -u schema.graphql -

format: .venv/.development  ## Format the code, and mend what rules can mend.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/.development  ## Print schema.graphql from the code.
	$(BIN)/python -m gateway schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql

bench: .venv/.development  ## Measure the gateway beside its peers; about half an hour.
	$(BIN)/python -m benchmarks

lock: .venv/.development  ## Resolve the dependencies anew, to the newest versions.
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-dev.lock --extra dev --constraint requirements.lock pyproject.toml

clean:  ## Remove what was made.
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What runs the gateway, and nothing else: `make demo` is there in a moment.
.venv/.use: requirements.lock
	$(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.development: requirements.lock requirements-dev.lock
	$(VENV)
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch .venv/.use $@
