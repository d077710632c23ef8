# One image for every service. Pango is for the PDF report; nothing here runs as root.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
WORKDIR /app
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-light.txt ./
RUN pip install --no-cache-dir --require-hashes -r "$REQUIREMENTS"

COPY . .
RUN useradd --system --uid 10001 amis && mkdir -p /app/.amis && chown amis /app/.amis
USER amis
EXPOSE 8000
