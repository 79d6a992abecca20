# One image, several targets: `web` for the three services and live updates, `worker` for everything that listens to nobody, `setup` for the first start.
FROM python:3.13-slim AS libraries
WORKDIR /app
COPY requirements.lock ./
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml ./
COPY shared shared
COPY services services
RUN mkdir local && /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . && rm -rf build

FROM python:3.13-slim AS base
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VIDARE_BIND=0.0.0.0
WORKDIR /app
COPY --from=libraries /opt/venv /opt/venv
COPY --from=libraries /app /app
RUN useradd --system --uid 10001 vidare
ENTRYPOINT ["vidare"]

# Runs once and ends. The only one that is root, since fresh volumes belong to root and must be given away.
FROM base AS setup
CMD ["first-start", "/secrets"]

FROM base AS worker
USER vidare
CMD ["serve", "worker-triage"]

FROM base AS web
USER vidare
EXPOSE 8000 8001 8002 8003
CMD ["serve", "intake"]
