# What a newcomer needs is `make demo` and `make test`; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo test check dev docs bench lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo

# Without compiled files every start of the program would compile its imports again.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Write the demo company, run the pipeline over it, show the KPIs
	@$(BIN)/kpis demo $(DEMO)

test: $(READY) ## Run the whole test suite, the fast tests first
	$(BIN)/python -m pytest -m "not slow"
	$(BIN)/python -m pytest -m slow

check: $(READY) ## Lint, format, types, imports, definitions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The demo company is invented, so the key its customers are hashed with is no secret.
dev: export KPIS_PSEUDONYM_KEY ?= the demo company has no secrets
dev: $(READY) ## Open the Dagster UI on the demo company (http://127.0.0.1:3000)
	@$(BIN)/kpis dev --settings $(DEMO)/kpis.toml

docs: $(READY) ## Build the documentation into build/site/, with an example of each KPI computed from the demo company
	$(BIN)/python docs/kpi_pages.py
	$(BIN)/mkdocs build --strict

bench: $(READY) ## Print what a daily run and the reading of exports cost
	$(BIN)/python -m bench.daily_run
	$(BIN)/python -m bench.reading

lock: ## Resolve requirements.lock anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml -o requirements.lock

clean: ## Remove the environment, the demo and caches
	rm -rf $(VENV) $(DEMO) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
