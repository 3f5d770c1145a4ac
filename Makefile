# make demo   see a call become clearer
# make test   lint, types, tests
# Both install what they need into .venv by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# The install is editable: only what is compiled or declared, and new or lost files, need it again.
SOURCES := pyproject.toml CMakeLists.txt $(wildcard native/*)
FILES := $(shell find src -name '*.py' | sort | cksum | cut -d ' ' -f 1)
DEMO := build/demo

.PHONY: demo test check clean

demo: $(VENV)/demo-$(FILES).stamp
	@mkdir -p $(DEMO)
	$(BIN)/pellucid enhance samples/call.mp4 $(DEMO)/call-clear.mp4 --overwrite
	$(BIN)/pellucid compare samples/reference.mp4 $(DEMO)/call-clear.mp4 \
	    --before samples/call.mp4 --picture $(DEMO)/before-after.png --overwrite

test: $(VENV)/test-$(FILES).stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/call/network $(PYTEST)
	$(BIN)/python -m pytest tests/call/network  # how late calls are: with nothing beside them

$(VENV)/demo-$(FILES).stamp: $(SOURCES) | $(VENV)/bin/python
	$(PIP) install --editable ".[bench]"
	@touch $@

$(VENV)/test-$(FILES).stamp: $(SOURCES) | $(VENV)/bin/python
	$(PIP) install --editable ".[train,bench,voice,call,lab,export,dev]"
	@touch $@ $(VENV)/demo-$(FILES).stamp

$(VENV)/bin/python: | check
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "Pellucid needs Python's venv module (on Debian: apt install python3-venv)." >&2; exit 1; }

check:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Pellucid needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -n "$$CXX" || command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || { \
	    echo "Pellucid needs a C++ compiler (on Debian: apt install g++)." >&2; exit 1; }

clean:
	rm -rf build $(VENV)
