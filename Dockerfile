# The service alone; docker-compose.yml puts Neo4j beside it.

FROM python:3.11-slim-trixie AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# requirements.lock holds development packages too. As constraints (-c) it pins and checks the
# hash of whatever gets installed, and only what the names given need gets installed. Before
# 26.1, pip does not take hashes from constraints: it refuses. Hence this pip, which no later
# stage keeps.
RUN echo "pip==26.3 --hash=sha256:f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13" > pip.txt \
 && python -m pip install --require-hashes -r pip.txt

# What changes rarely comes first, so that a change of the code does not install it all again.
COPY requirements.lock pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > runtime.txt \
 && python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --require-hashes -c requirements.lock -r runtime.txt \
 && python -m pip install --require-hashes -c requirements.lock hatchling

COPY README.md LICENSE ./
COPY graph_service graph_service
COPY loaders loaders
COPY cypher cypher
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && python -m pip --python /venv/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.11-slim-trixie
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
# Not root. /data is where a `file:` store with a relative path lands: mount a volume to keep it.
RUN useradd --create-home --uid 10001 coauthor && install -d -o coauthor -g coauthor /data
USER coauthor
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8000/health/live', timeout=3)"]
# All of the container's own addresses; which of the machine's is for `docker run --publish`.
CMD ["coauthor-graph", "serve", "--host", "0.0.0.0"]
