# make demo    install, run the k-medoids bench on real data, write the report
# make test    install what the tests need, and run them
# make check   lint, types, formats, layering and the fast tests
# make trust   every fault and every cheat of the red team, what happened, pass or fail
# make torch   PyTorch and the optimisers that need it, which the tests use where they are
# make bench-self   the harness's own figures, printed
# make bench-report   what a report of half a million rows takes

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml setup.py $(wildcard cext/*)

.PHONY: demo install test torch check lint format sanitize bench-self bench-report trust clean

demo: $(VENV)/.installed
	$(BIN)/bench run k_medoids --suite demo --rounds 3 --timing-budget 2 --precision 20
	@$(BIN)/bench report

install: $(VENV)/.installed

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The version of PyTorch with kernels for the processor alone, where the index has it.
torch: $(VENV)/.tested
	$(PIP) torch==2.13.0
	$(PIP) -e '.[torch]'

check: lint
	$(BIN)/python -m pytest -q -n 2 tests/core

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $(wildcard cext/*.c cext/*.h cext/*.inc tests/kernels/*.c tests/kernels/*.h)
	$(BIN)/python -m pytest -q tests/core/test_imports.py

format: $(VENV)/.developed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/clang-format -i $(wildcard cext/*.c cext/*.h cext/*.inc tests/kernels/*.c tests/kernels/*.h)

sanitize: $(VENV)/.tested
	$(BIN)/python tests/kernels/sanitize.py

trust: $(VENV)/.tested
	PYTHONPATH=tests $(BIN)/python -m red_team

bench-self: $(VENV)/.tested
	$(BIN)/python tests/bench_self.py

bench-report: $(VENV)/.tested
	$(BIN)/python tests/bench_report.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

PIP := $(BIN)/pip install --quiet --disable-pip-version-check

# Every pack's rivals: the tests hold ours against them.
RIVALS := peers,text,retrieval,quantum

# The peers extra brings rival packages; without them their rows say so, and the rest is the same.
$(VENV)/.installed: $(BIN)/python $(SOURCES)
	$(PIP) -e '.[peers]' || $(PIP) -e .
	touch $@

$(VENV)/.tested: $(BIN)/python $(SOURCES)
	$(PIP) -e '.[$(RIVALS),parquet,test]'
	touch $(VENV)/.installed $@

$(VENV)/.developed: $(BIN)/python $(SOURCES)
	$(PIP) -e '.[$(RIVALS),parquet,test,dev]'
	touch $(VENV)/.installed $(VENV)/.tested $@

clean:
	rm -rf $(VENV) build *.egg-info site .pytest_cache .mypy_cache .ruff_cache
	rm -f harness/_kernels/_*
