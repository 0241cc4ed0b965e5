# The server's image: the front-end built with Node, the wheel with Python, and of both only what runs.
FROM python:3.12-slim AS packages
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/vestibule \
 && /opt/vestibule/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM packages AS texts
COPY admission admission
COPY signal_server signal_server
COPY templates templates
COPY web web
RUN /opt/vestibule/bin/python -m signal_server.language export

FROM node:22-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY vite.config.ts tsconfig.json ./
COPY templates templates
COPY --from=texts /build/web web
RUN npx vite build --logLevel warn

FROM packages AS wheel
COPY requirements-build.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md ./
COPY admission admission
COPY signal_server signal_server
COPY templates templates
COPY --from=front-end /build/signal_server/static/build signal_server/static/build
RUN python -m hatchling build -t wheel -d dist \
 && /opt/vestibule/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps dist/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home vestibule
COPY --from=wheel /opt/vestibule /opt/vestibule
ENV PATH=/opt/vestibule/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VESTIBULE_HOST=0.0.0.0 \
    VESTIBULE_PORT=8080 \
    VESTIBULE_DATABASE_URL=sqlite:////data/vestibule.db
USER vestibule
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s CMD ["python", "-c", \
  "import os, urllib.request; host = os.environ['VESTIBULE_HOST']; host = f'[{host}]' if ':' in host else host; \
  urllib.request.urlopen('http://' + host + ':' + os.environ['VESTIBULE_PORT'] + '/readyz', timeout=4)"]
CMD ["vestibule", "serve"]
