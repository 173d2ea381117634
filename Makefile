PYTHON ?= python3
MINUTES ?= 30
VENV := .venv
BIN := $(VENV)/bin
# Where Python is told to keep nothing that it compiled, each of a hundred processes would compile all of it anew.
COMPILED := PYTHONDONTWRITEBYTECODE=

.PHONY: run test test-long soak lint format bench commands pictures clean

run: $(VENV)/.runs  ## set everything up and start Rollcall; without a DISCORD_TOKEN, the tour
	@$(BIN)/python -m cli.start

test: lint  ## set everything up and run all checks
	@$(COMPILED) $(BIN)/python -m pytest -m "not long" -n 3 --dist loadfile --no-loadscope-reorder

test-long: $(VENV)/.tests  ## the tests that take longer
	@$(COMPILED) $(BIN)/python -m pytest -m long --timeout 900 -rP

soak: $(VENV)/.tests  ## everything at once for half an hour, or with MINUTES=5 as long as that
	@SOAK_MINUTES=$(MINUTES) $(BIN)/python -m pytest -s -m long tests/end_to_end/soak

lint: $(VENV)/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.tests
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.tests  ## the benchmarks, or with PART=reads one of them
	@$(BIN)/python -m bench $(PART)

commands: $(VENV)/.runs  ## write web/docs/commands.json anew, from the bot's own tables
	@$(BIN)/python -m cli.drawing.command_list

pictures: $(VENV)/.tests  ## draw the pictures of README anew, from the tour; wants Chromium
	@$(BIN)/python -m cli.drawing.pictures

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Rollcall needs Python 3.11 or newer: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	@echo "Installing packages ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt || \
		{ echo "The packages could not be installed: is there a network?"; exit 1; }
	@touch $@

$(VENV)/.tests: tests/requirements.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing packages ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/requirements.txt || \
		{ echo "The packages could not be installed: is there a network?"; exit 1; }
	@touch $@ $(VENV)/.runs
