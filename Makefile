# Two commands matter: `make up` and `make test`; `make soak` before something large is closed. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help install up dev browser node check test soak screenshots clean

BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8080
# More for pytest, for instance: make test PYTEST_ARGS="-x tests/domain"
PYTEST_ARGS ?=
# What `make soak` told, to look at the same again; and after how many minutes it begins nothing new.
SEED ?=
MINUTES ?= 20

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## make .venv and install the program into it
	@scripts/setup.sh server
	@$(BIN)/python scripts/frontend.py

up: install ## install, migrate, load prompts/, serve in demo mode on http://127.0.0.1:8080
	@echo "==> Serving on http://$(HOST):$(PORT) (Ctrl-C stops it)" >&2
	@exec $(BIN)/prompts-admin up --demo --host $(HOST) --port $(PORT)

dev: ## install what the tests need as well
	@scripts/setup.sh dev
	@$(BIN)/python scripts/frontend.py

browser: dev ## find a Chromium for the browser tests, or fetch one
	@$(BIN)/python scripts/browser.py --install >/dev/null

node: dev ## fetch the OpenFeature clients of Node that the tests run
	@$(BIN)/python scripts/node.py --install >/dev/null

check: dev ## linters, types and import rules alone
	@echo "==> ruff check" >&2 && $(BIN)/ruff check .
	@echo "==> ruff format --check" >&2 && $(BIN)/ruff format --check .
	@echo "==> mypy --strict" >&2 && $(BIN)/mypy
	@echo "==> import rules" >&2 && $(BIN)/lint-imports

test: check browser node ## everything: linters, types, import rules and all tests
	@echo "==> pytest, in parallel and in random order" >&2
	@TESTS_BROWSER="$$($(BIN)/python scripts/browser.py)" \
		$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

soak: dev ## random tests at length, with new seeds that are told; takes SEED=123 MINUTES=20
	@$(BIN)/python -m scripts.soak --minutes "$(MINUTES)" $(if $(SEED),--seed "$(SEED)") -- $(PYTEST_ARGS)

screenshots: browser ## pictures of every page, light, dark and phone, in build/screenshots
	@$(BIN)/python -m scripts.screenshots --readme

clean: ## remove .venv, caches and builds; the data of `make up` stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
