# make demo   a project with pictures and a detector, ready to label
# make docs   the documentation as a site, in site/
# make wheel   what is installed with pip, pipx or uv, in dist/
# make wheels   that, and the wheels of all packages that it needs, for a machine without a network, in wheels/
# make bundle   a program for Linux that needs nothing, in dist/
# make test   every check that a change must pass; the set-up is done first, and only once
# make test-quick   the same without what is slow, for every day
.PHONY: demo docs wheel sbom wheels bundle bundle-test test test-quick lint format bench bench-window mutants clean distclean setup setup-dev setup-mutants setup-bundle

BIN := .venv/bin
# The architecture is checked before behaviour: it is quick and explains the rest.
TESTS := tests/architecture $(filter-out tests/architecture tests/benchmarks tests/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)))
BENCHMARKS := $(wildcard tests/benchmarks/bench_*.py)
MUTATION := build/mutants
# As many tests at once as there are cores, those of one file on one of them; ARGS=-n0 runs them in the process that a debugger can follow.
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile

demo: setup
	$(BIN)/boxwright demo $(ARGS)

test: lint
	@$(PYTEST) $(TESTS) $(ARGS)

test-quick: lint
	@$(PYTEST) -m "not slow" $(TESTS) $(ARGS)

lint: setup-dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup-dev
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

# The texts of the program into resources/translations: boxwright.pot, and each language brought up to it.
translations: setup-dev
	@$(BIN)/python packaging/translations.py

bench: setup-dev
	@mkdir -p bench-out
	@for file in $(BENCHMARKS); do \
		name=$$(basename $$file .py); echo "== $$name"; \
		$(BIN)/python $$file > bench-out/$$name.txt || { cat bench-out/$$name.txt; exit 1; }; \
		cat bench-out/$$name.txt; \
	done

bench-window: setup-dev
	@$(BIN)/python tests/benchmarks/table_window.py --out docs/speed.md

docs: setup-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "Open site/index.html"

wheel: setup-dev
	@rm -rf dist
	@$(BIN)/python -m hatchling build -d dist
	@$(BIN)/python packaging/sbom.py dist
	@$(BIN)/python packaging/checksums.py dist

# What an installation with training is made of, with every licence: CycloneDX.
sbom: setup-dev
	@$(BIN)/python packaging/sbom.py dist

wheels: wheel
	@packaging/wheels.sh

# Made of what is installed beside this Python: nothing is fetched while it is put together.
bundle: setup-bundle
	@PYTHONPATH=packaging $(BIN)/python -m bundle.build
	@$(BIN)/python packaging/checksums.py dist

# As root; some minutes: what is in dist/ is tried in a bare Debian.
bundle-test:
	@packaging/smoke_bundle.sh

# The tool wants the package in `src` and writes beside it; what it found before is kept for the next run.
mutants: setup-mutants
	@mkdir -p $(MUTATION)
	@rm -rf $(MUTATION)/mutants/tests
	@for name in models resources tests pyproject.toml; do ln -sfn ../../$$name $(MUTATION)/$$name; done
	@ln -sfn ../../app $(MUTATION)/src
	@cd $(MUTATION) && ../../$(BIN)/python -m mutmut run $(ARGS)
	@cd $(MUTATION) && ../../$(BIN)/python -m mutmut results

setup:
	@packaging/setup.sh run

setup-dev:
	@packaging/setup.sh dev

setup-mutants:
	@packaging/setup.sh mutants

setup-bundle:
	@packaging/setup.sh bundle

clean:
	rm -rf build dist wheels wheels.part demo-out bench-out site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
