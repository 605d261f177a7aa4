# Two stages: wheels and compiled texts are made in the first, the second holds what runs and nothing else.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY locales locales
RUN for language in kk ru en; do \
      /venv/bin/pybabel --quiet compile --domain jarshy \
        --input-file locales/$language/LC_MESSAGES/jarshy.po --output-file locales/$language/LC_MESSAGES/jarshy.mo; \
    done && /venv/bin/pip install --no-cache-dir --no-deps . && /venv/bin/python -m compileall -q /venv

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /data jarshy
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite:////data/jarshy.db HTTP_HOST=0.0.0.0 HTTP_PORT=8080
USER jarshy
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["jarshy"]
CMD ["run"]
