# The commands of the project; README.md says what they are for.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: install demo run migrate test test-release check bench bench-year lock

install: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: install
	@$(BIN)/tongban demo serve --port $(PORT)

migrate: install
	$(BIN)/tongban setup

run: install
	$(BIN)/tongban serve --port $(PORT)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	@sh tests/prepare.sh
	@$(BIN)/python tests/run.py

test-release: check
	@sh tests/prepare.sh
	@$(BIN)/python tests/run.py --release

bench: install
	@$(BIN)/python tests/bench.py

# The year of a district: 260,000 cases simulated on SQLite, then worklist and case page on it. Takes about two hours.
bench-year: install
	@$(BIN)/python tests/bench.py --vendor sqlite --simulate 260000

lock:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.txt
