# Every target makes its own environment first; with nothing to do that takes a blink.
PYTHON ?= python3
ARGS ?=
# How many spoiled files test-full reads.
FUZZ ?= 2000000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup program demo test test-full check fix docs bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@PYTHON="$(PYTHON)" tools/setup.sh

program:
	@PYTHON="$(PYTHON)" tools/setup.sh program

demo: program ## count Labour 2010, print the result, and build its site
	@$(BIN)/hustings demo --site site $(ARGS)

test: setup ## run the tests; ARGS="-k tie" for some
	@tools/browser_setup.sh
	@# JAX's threads stay in whatever process has run it, and nothing may fork there any more:
	@# the forecast is tested in processes of its own. 5 says that ARGS chose none of its tests.
	@forecast=0; $(BIN)/python -m pytest -q -n 2 tests/forecast src/hustings/forecast src/hustings/*/*forecast*.py \
		src/hustings/*/*/*forecast*.py $(ARGS) \
		|| forecast=$$?; \
		$(BIN)/python -m pytest -q -n 2 --ignore-glob='*forecast*' $(ARGS) && \
		{ [ $$forecast = 0 ] || [ $$forecast = 5 ]; }

test-full: ## run the tests, and all that they leave out because it takes long
	@HUSTINGS_LONG=1 HUSTINGS_FUZZ=1000 $(MAKE) --no-print-directory test
	@$(BIN)/python tests/formats/many_spoiled.py --files $(FUZZ) --processes 2

check: setup ## format, lint, types, import contracts, documentation
	@mkdir -p build
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict --no-error-summary src
	@$(BIN)/lint-imports --no-logo >build/imports.txt || { cat build/imports.txt; exit 1; }
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs

fix: setup ## format, and mend what ruff can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

docs: setup ## build the documentation into build/docs
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs
	@echo build/docs/index.html

bench: setup ## time the start of the command line
	@$(BIN)/python benchmarks/start_up.py $(ARGS)

PIP_COMPILE = UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet pyproject.toml \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: setup ## write both locks anew; ARGS=--upgrade for newer versions
	@$(PIP_COMPILE) --extra build --extra dev --extra docs --extra forecast --extra fast --extra data \
		--extra cluster --extra oracle --output-file requirements.lock $(ARGS)
	@$(PIP_COMPILE) --extra build --constraint requirements.lock \
		--output-file requirements-program.lock $(ARGS)

clean: ## remove all that is made
	@rm -rf .venv build dist site .site.builds .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache node_modules
