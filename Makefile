# The commands of a checkout. `make run` starts everything on this machine, `make test` checks everything.
# What is installed or built is stamped with a checksum of what it was made from, and made again only when that changed.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help run test soak bench screenshots tools lock wheel python web node-modules livekit browser chromium firefox caddy wrk

VENV := .venv
BIN := $(VENV)/bin
LIVEKIT_VERSION := v1.13.5
CADDY_VERSION := v2.11.9

say = printf '· %s\n'
# Of the files in these folders that the build reads; what it writes there is left out.
checksum = $(firstword $(shell find $(1) -type f -not -name '.*' -not -name '*.test.ts' \
  -not -path 'web/i18n/*.json' 2>/dev/null | LC_ALL=C sort | xargs cat 2>/dev/null | cksum))

PYTHON_STAMP := $(VENV)/.installed-$(call checksum,requirements-dev.lock)
NODE_STAMP := node_modules/.installed-$(call checksum,package-lock.json)
BUILT := signal_server/static/build
WEB_STAMP := $(BUILT)/.built-$(call checksum,web templates signal_server/catalogues package-lock.json vite.config.ts tsconfig.json)

help:
	@printf '%s\n' \
	  'make run          start LiveKit and the server here, with a demo workspace; Ctrl-C ends both' \
	  'make test         check types and style, and run every test' \
	  'make soak         kill the server a thousand times while people come and go' \
	  'make bench        measure, and print what the README says' \
	  'make screenshots  take pictures of every page into screenshots/' \
	  'make tools        only install and build what running needs' \
	  'make wheel        build the wheel, with the front-end inside, into dist/' \
	  'make lock         pin the Python packages of pyproject.toml anew'

run: tools
	@exec $(BIN)/python -m local.run

# PYTEST, SOAK and BENCH are words for those: `make test PYTEST='-k run'`, `make soak SOAK='--rounds 50'`, `make bench
# BENCH=--quick`.
# The checks come first: they are quick, and a test of code that does not type-check says little.
test: tools browser caddy
	@$(say) 'ruff'; $(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted: $(BIN)/ruff format .'; exit 1; }
	@$(say) 'mypy'; $(BIN)/mypy
	@$(say) 'imports'; $(BIN)/lint-imports
	@$(say) 'tsc'; node_modules/.bin/tsc --noEmit
	@$(say) 'vitest'; node_modules/.bin/vitest run
	@$(say) 'pytest'; $(BIN)/python -m pytest $(PYTEST)

soak: tools
	@$(BIN)/python -m tests.killing $(SOAK)

bench: tools wrk chromium
	@$(BIN)/python -m benchmarks $(BENCH)

screenshots: tools browser
	@$(BIN)/python -m tests.browser.screenshots

tools: python web livekit

wheel: python web
	@$(BIN)/python -m hatchling build -t wheel

python: $(PYTHON_STAMP)

$(PYTHON_STAMP):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'Python 3.11 or newer is missing, or its venv module.'; \
	  echo 'Debian, Ubuntu: apt install python3 python3-venv · macOS: brew install python'; \
	  exit 1; \
	fi; \
	$(say) 'Python packages into $(VENV), checked against requirements-dev.lock (a minute, the first time)'; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV) || { \
	  rm -rf $(VENV); echo 'Debian, Ubuntu: apt install python3-venv'; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-*; touch $@

node-modules: $(NODE_STAMP)

$(NODE_STAMP):
	@if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	  2>/dev/null || ! command -v npm >/dev/null; then \
	  echo 'Node.js 20.19 or newer is missing, with npm: the scripts of the pages are built with it.'; \
	  echo 'Debian, Ubuntu: apt install nodejs npm (where that is new enough) · macOS: brew install node · any: nodejs.org'; \
	  exit 1; \
	fi
	@$(say) 'Packages of the front-end into node_modules'
	@npm ci --no-progress --loglevel=error
	@touch $@

web: $(WEB_STAMP)

# The catalogue of the pages is the scripts' too: what they need of it is written out first.
$(WEB_STAMP): $(PYTHON_STAMP) $(NODE_STAMP)
	@$(say) 'The front-end into $(BUILT)'
	@$(BIN)/python -m signal_server.language export
	@node_modules/.bin/vite build --logLevel warn
	@touch $@

livekit:
	@if [ -x .tools/bin/livekit-server ] || command -v livekit-server >/dev/null; then :; \
	elif command -v go >/dev/null; then \
	  $(say) 'LiveKit $(LIVEKIT_VERSION) into .tools (two minutes, once)'; \
	  GOBIN="$(CURDIR)/.tools/building" go install github.com/livekit/livekit-server/cmd/server@$(LIVEKIT_VERSION); \
	  mkdir -p .tools/bin; mv .tools/building/server .tools/bin/livekit-server; rmdir .tools/building; \
	elif docker info >/dev/null 2>&1; then \
	  $(say) 'LiveKit $(LIVEKIT_VERSION) from its container'; \
	  docker image inspect livekit/livekit-server:$(LIVEKIT_VERSION) >/dev/null 2>&1 \
	    || docker pull --quiet livekit/livekit-server:$(LIVEKIT_VERSION); \
	else \
	  echo 'LiveKit is missing. Any one of these will do:'; \
	  echo '  · livekit-server on PATH (macOS: brew install livekit)'; \
	  echo '  · Go 1.21 or newer, to build it here (go.dev; macOS: brew install go)'; \
	  echo '  · Docker, running, for its container'; \
	  exit 1; \
	fi

# For the tests, and Chromium for the benchmarks, too: those that are there already, else Debian's.
browser: chromium firefox

chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
	  root=; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	  $(say) 'Chromium for the browser tests, by apt'; \
	  $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	  echo 'Chromium is missing: the browser tests drive it. Install it so that `chromium` or `google-chrome` is on PATH.'; \
	  exit 1; \
	fi

# Where there is none, and no apt, the tests of the door in Firefox are left out.
firefox:
	@if command -v firefox-esr >/dev/null || command -v firefox >/dev/null || ! command -v apt-get >/dev/null; then :; else \
	  root=; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	  $(say) 'Firefox for the browser tests, by apt'; \
	  $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends firefox-esr >/dev/null \
	    || echo 'Firefox could not be installed: its tests are left out.'; \
	fi

# For the tests only. From Debian's package just the program: installed, the package would begin to serve port 80.
caddy:
	@if [ -x .tools/bin/caddy ] || command -v caddy >/dev/null; then exit 0; fi; \
	rm -rf .tools/caddy; mkdir -p .tools/bin .tools/caddy; cd .tools/caddy; \
	package() { apt-get download -qq caddy 2>/dev/null && dpkg-deb -x caddy_*.deb . && mv usr/bin/caddy caddy; }; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && $(say) 'Caddy into .tools, from its package' \
	  && { package || { apt-get update -qq && package; }; }; then :; \
	elif command -v go >/dev/null; then \
	  $(say) 'Caddy $(CADDY_VERSION) into .tools (two minutes, once)'; \
	  GOBIN="$$PWD" go install github.com/caddyserver/caddy/v2/cmd/caddy@$(CADDY_VERSION); \
	else \
	  echo 'Caddy 2.6 or newer is missing: the tests put it in front of the server. Debian: apt install caddy'; \
	  echo 'macOS: brew install caddy · any: caddyserver.com'; \
	  exit 1; \
	fi; \
	mv caddy ../bin/caddy; cd ../..; rm -rf .tools/caddy

# For the benchmarks only: it sends the calls.
wrk:
	@if command -v wrk >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
	  root=; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	  $(say) 'wrk, by apt'; \
	  $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends wrk >/dev/null; \
	else \
	  echo 'wrk is missing. macOS: brew install wrk'; \
	  exit 1; \
	fi

# Needs pip-tools, which it keeps to itself. The locks hold hashes, and no address of any index.
COMPILE = .tools/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
  --annotation-style=line --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

lock:
	@[ -x .tools/lock/bin/pip-compile ] || { python3 -m venv .tools/lock && .tools/lock/bin/pip install --quiet pip-tools; }
	@$(say) 'requirements.lock'; $(COMPILE) -o requirements.lock pyproject.toml
	@$(say) 'requirements-build.lock'; $(COMPILE) --only-build-deps --build-deps-for wheel -o requirements-build.lock pyproject.toml
	@$(say) 'requirements-dev.lock'; $(COMPILE) --extra dev -c requirements.lock -c requirements-build.lock \
	  -o requirements-dev.lock pyproject.toml
	@for lock in 'requirements the server needs to run' 'requirements-build the wheel is built with' \
	  'requirements-dev running, checking and testing a checkout needs'; do \
	  file=$${lock%% *}.lock; \
	  { echo "# What $${lock#* }, pinned by hash. Made by \`make lock\` from pyproject.toml."; cat $$file; } > $$file.new; \
	  mv $$file.new $$file; \
	done
