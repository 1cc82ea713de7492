# Every target makes what it needs; `make demo` on a fresh checkout is the place to start.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STORE ?= file:coauthor-graph-demo.sqlite
TESTS ?=
BENCH ?=

.PHONY: setup demo serve test test-2026 check lint-cypher fix neo4j neo4j-stop bench lock clean

setup: $(READY)  ## make .venv with everything the project needs

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer with venv is needed (on Debian: apt install python3 python3-venv), or say PYTHON=/path/to/python3"; exit 1; }
	@echo "making $(VENV) (a minute, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## load the packaged sample and show what the graph knows
	@$(BIN)/coauthor-graph demo --store $(STORE)
	@echo "  in this checkout: make serve; the command above is $(BIN)/coauthor-graph"

serve: $(READY)  ## serve the demo's graph (STORE=… for another) on http://127.0.0.1:8000
	@test "$(STORE)" != file:coauthor-graph-demo.sqlite || test -f coauthor-graph-demo.sqlite || $(BIN)/coauthor-graph demo --store $(STORE) > /dev/null
	@$(BIN)/coauthor-graph serve --store $(STORE)

# In the order of the folders: what takes long comes first, and the short files at the end fill both
# processes. By itself pytest-xdist begins with the files of many tests, and ends with one long test.
test: $(READY)  ## run every test on both stores, with a real Neo4j (needs Java 17 or 21, and Maven)
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(TESTS)

# What talks to the server itself. The other tests reach it only through the same store.
test-2026: $(READY)  ## run the tests of the Neo4j store on Neo4j 2026 (needs Java 21 or 25, and Maven)
	NEO4J_LINE=2026 $(BIN)/python -m pytest -m neo4j tests/conformance tests/property/test_stores_agree.py $(TESTS)

check: $(READY)  ## lint, format and types, as CI does
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-cypher: $(READY)  ## Neo4j's own linter on every Cypher file (needs Node.js and npm)
	$(BIN)/python -m pytest tests/unit/test_cypher_lint.py

# npm writes this file last. The test asks for it under a lock, since two at once would collide.
tools/cypher_lint/node_modules/.package-lock.json: tools/cypher_lint/package-lock.json
	cd tools/cypher_lint && npm ci --ignore-scripts

fix: $(READY)  ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

neo4j:  ## start a real Neo4j 5.26 with its Browser, without Docker (NEO4J_LINE=2026 for that line)
	@$(or $(PYTHON),python3) tools/neo4j/local_neo4j.py start

neo4j-stop:  ## stop it; its data stays
	@$(or $(PYTHON),python3) tools/neo4j/local_neo4j.py stop

# BENCH="--papers 100000 --questions shortest_path --without-neo4j" asks for less; BENCH=--help says
# what else. The first run loads a million papers and takes an hour; later ones find them loaded.
bench: $(READY)  ## measure, side by side with what people would use instead
	$(BIN)/python -m tests.bench.run $(BENCH)

lock:  ## write requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

clean:  ## remove what the other targets made, but no data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist bench/results *.egg-info .coverage
