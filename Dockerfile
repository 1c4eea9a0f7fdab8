# syntax=docker/dockerfile:1
# One image for web processes, workers, clock and migrations: docker-compose.yml says which is which.

FROM python:3.11.14-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH

FROM base AS packages
COPY requirements-stack.txt /
# Wheels only: nothing of a package runs while it is installed, and nothing has to be compiled.
RUN --mount=type=cache,target=/var/cache/pip \
    python -m venv /opt/venv \
    && pip install --cache-dir /var/cache/pip --disable-pip-version-check --require-hashes --only-binary :all: \
        --compile --requirement /requirements-stack.txt \
    && pip uninstall --yes pip setuptools

FROM base AS speechcoach
# Pango, HarfBuzz and a font make PDFs; flite is a better voice than the packaged one.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        flite fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin speechcoach \
    && install --directory --owner speechcoach --mode 0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The key signs nothing: it is gone with this line. What is compiled here is not at every start.
RUN DEBUG=false SECRET_KEY=for-this-line-only STATIC_ROOT=/app/staticfiles \
        python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q clubs evaluations sessions_app speechcoach
USER speechcoach
# Where fontconfig may write; the root of a container is read-only.
ENV XDG_CACHE_HOME=/tmp \
    STATIC_ROOT=/app/staticfiles
EXPOSE 8000
