# Everything runs in .venv and .amis of this folder. LIGHT=1 leaves out TensorFlow and Prophet.
PYTHON ?= python3
REQUIREMENTS := $(if $(LIGHT),requirements-light.txt,requirements.txt)
VENV := .venv/bin

AUDITED := $(REQUIREMENTS) requirements-dev.txt

.PHONY: demo test lint audit bench vendor clean setup setup-dev

demo: setup
	@exec $(VENV)/python -m amis.stack up

test: setup-dev
	@exec $(VENV)/python -m pytest $(ARGS)

lint: setup-dev
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports
	@$(VENV)/djlint templates --lint --quiet
	@$(VENV)/python scripts/vendor.py --check

audit: setup-dev
	@$(VENV)/python scripts/audit.py $(AUDITED)

bench: setup-dev
	@exec $(VENV)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick) $(if $(OUT),--out $(OUT))

vendor:
	@$(PYTHON) scripts/vendor.py

setup:
	@$(PYTHON) scripts/setup.py $(REQUIREMENTS)

setup-dev:
	@$(PYTHON) scripts/setup.py $(if $(LIGHT),requirements-light.txt,auto) requirements-dev.txt

clean:
	@! $(VENV)/python -m amis.stack status >/dev/null 2>&1 || { echo "The demo is running; stop it first."; exit 1; }
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
