# Toàn Cảnh. Two commands matter: `make demo` and `make test`; the rest serve them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

LISTEN ?= 127.0.0.1:8080
DATA   ?= data
BOUNDARIES ?=
CACHE  := .cache
BIN    := bin/toancanh

ENGINE_LOCK := deploy/engine/npm/package-lock.json
ENGINE      := $(CACHE)/engine/.fetched
NODE_DEPS   := frontend/node_modules/.fetched
DIST        := frontend/dist/index.html

# Sources that the program and the page are built from; newer than the result means build again.
GO_SOURCES := go.mod go.sum $(shell find cmd ingest query geo deploy frontend/embed.go \
	-type f \( -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.csv' -o -name '*.json' -o -name '*.tmpl' -o -name '*.xml' \) \
	-not -path '*/node_modules/*' 2>/dev/null)
PAGE_SOURCES := $(shell find frontend/src frontend/public frontend/service -type f 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/*.js frontend/package-lock.json frontend/tsconfig*.json)

# One build serves the program, vet, staticcheck and the program that tests start: the same flags, so that the
# packages are compiled once. The race detector needs cgo and compiles them a second time.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath

NPM := npm --no-audit --no-fund --no-update-notifier --loglevel=error
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# say TEXT prints a line; timed NAME,COMMAND runs a command between two lines and prints its seconds.
say = printf '\033[1m▸ %s\033[0m\n' "$(1)"
timed = $(call say,$(1)); s=$$SECONDS; ( $(2) ) || exit $$?; printf '  %s: %s s\n' "$(1)" $$((SECONDS-s))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(ENGINE) $(BIN) ## fetch, build, fill with demonstration figures and serve (LISTEN=host:port DATA=dir BOUNDARIES=dir)
	@exec $(BIN) demo --listen "$(LISTEN)" --data "$(DATA)" $(if $(BOUNDARIES),--boundaries "$(BOUNDARIES)")

.PHONY: build
build: $(BIN) ## build bin/toancanh, the page inside

$(BIN): $(GO_SOURCES) $(DIST)
	@$(call timed,build $@,go build -ldflags '-X main.version=$(VERSION)' -o $@ ./cmd/toancanh)

$(DIST): $(NODE_DEPS) $(PAGE_SOURCES) query/httpapi/openapi.json
	@$(call timed,build the page,$(NPM) --prefix frontend run --silent build)
	@touch $@

$(NODE_DEPS): frontend/package-lock.json
	@$(call timed,fetch front-end packages,$(NPM) ci --ignore-scripts --prefix frontend)
	@du -sh frontend/node_modules | awk '{ print "  " $$1 " in " $$2 }'; touch $@

$(ENGINE): $(ENGINE_LOCK)
	@$(call timed,fetch the embedded ClickHouse (178 MB download; pinned and checked by its lock file),deploy/engine/npm/fetch.sh $(CACHE)/engine)
	@touch $@

# ---- tests -------------------------------------------------------------------------------------

.PHONY: test
test: test-tools $(BIN) lint test-go test-page test-rules test-e2e ## everything: formatting, linting, Go with race detector, page, alerts, browser
	@$(call say,all tests passed)

.PHONY: lint
lint: $(DIST) ## formatting, vet, staticcheck, module tidiness
	@$(call timed,gofmt,test -z "$$(gofmt -l cmd ingest query geo deploy frontend/embed.go | tee /dev/stderr)")
	@$(call timed,go vet,go vet ./...)
	@$(call timed,staticcheck,go tool staticcheck ./...)
	@$(call timed,go.mod is tidy,go mod tidy -diff)

# Tests that are of one goroutine and too large for the race detector skip under it; they run once without.
UNRACED := ^Test(Whole|Huge|Bombs|TenMillion|Archipelagos|RealImports|RealCoverage)
UNRACED_IN := ./geo ./ingest ./ingest/demo ./ingest/sheet

.PHONY: test-go
test-go: $(ENGINE) $(DIST) ## Go tests with the race detector on the real engine
	@$(call timed,go test -race,CGO_ENABLED=1 TOANCANH_ENGINE_REQUIRED=1 go test -race -timeout 20m ./...)
	@$(call timed,go test of what the race detector slows too much,TOANCANH_ENGINE_REQUIRED=1 go test -run '$(UNRACED)' $(UNRACED_IN))

.PHONY: test-page
test-page: $(NODE_DEPS) $(DIST) ## TypeScript checks, linting and unit tests of the page
	@$(call timed,check the page,$(NPM) --prefix frontend run --silent check && $(NPM) --prefix frontend run --silent lint)
	@$(call timed,unit tests of the page,$(NPM) --prefix frontend test --silent)

.PHONY: test-rules
test-rules: test-tools ## Prometheus rules and Alertmanager routes with promtool and amtool
	@$(call timed,promtool and amtool,promtool check config deploy/prometheus/prometheus.yml && promtool test rules deploy/prometheus/tests/*.yml && amtool check-config deploy/prometheus/alertmanager.yml)

.PHONY: test-e2e
test-e2e: test-tools $(ENGINE) $(BIN) $(NODE_DEPS) ## Playwright specs in Debian's Chromium against the real program
	@$(call timed,browser tests,$(NPM) --prefix frontend run --silent e2e)

.PHONY: bench-page
bench-page: test-tools $(ENGINE) $(BIN) $(NODE_DEPS) ## Lighthouse and stopwatch on the live map, three runs each, and the weight of our JavaScript
	@$(NPM) --prefix frontend run --silent size
	@$(NPM) --prefix frontend run --silent bench

.PHONY: soak
soak: test-tools $(ENGINE) $(BIN) $(NODE_DEPS) ## a wall left alone for DURATION=30 minutes: network cut, clock jumps, memory
	@DURATION="$(or $(DURATION),30)" $(NPM) --prefix frontend run --silent soak

.PHONY: torture
torture: $(ENGINE) $(DIST) ## kill program and ClickHouse KILLS=200 times under load and compare with a ledger; SEED=n repeats a run
	@KILLS="$(or $(KILLS),200)" SEED="$(SEED)" TOANCANH_ENGINE_REQUIRED=1 go test -count 1 -timeout 90m -v ./ingest/torture

# Debian packages the tests need: installed when root, asked for when not.
TEST_COMMANDS := gcc chromium promtool prometheus-alertmanager
TEST_PACKAGES := gcc libc6-dev chromium prometheus prometheus-alertmanager
.PHONY: test-tools
test-tools:
	@for c in $(TEST_COMMANDS); do command -v $$c >/dev/null || missing=1; done; \
	if [ -n "$${missing:-}" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			$(call say,install $(TEST_PACKAGES)); export DEBIAN_FRONTEND=noninteractive; \
			apt-get update -qq; \
			apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES) >/dev/null; \
		else \
			echo "the tests need: $(TEST_COMMANDS). On Debian: sudo apt-get install $(TEST_PACKAGES)" >&2; exit 1; \
		fi; \
	fi

.PHONY: bench
bench: $(ENGINE) $(DIST) ## benchmarks; each prints a ratio against a floor of the same run
	@go test -run '^$$' -bench . -benchtime 2s ./geo/... ./ingest/... ./query/...

.PHONY: fuzz
fuzz: $(ENGINE) $(DIST) ## every decoder against made-up bytes (FOR=30s each)
	@for p in $$(grep -rl --include='*_test.go' '^func Fuzz' geo ingest query | xargs -n1 dirname | sort -u); do \
		for f in $$(go test -list '^Fuzz' ./$$p | grep '^Fuzz'); do \
			$(call say,$$p $$f); \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime "$(or $(FOR),30s)" ./$$p | tail -12 || failed="$${failed:-} $$f"; \
		done; \
	done; [ -z "$${failed:-}" ] || { echo "failed:$$failed" >&2; exit 1; }

.PHONY: shots
shots: $(ENGINE) $(BIN) $(NODE_DEPS) ## screenshots of every route at 390, 1440 and 3840 px
	@$(NPM) --prefix frontend run shots

.PHONY: pictures
pictures: $(ENGINE) $(BIN) $(NODE_DEPS) ## redo the README's picture from the real page
	@cd frontend && SHOTS=pictures npx playwright test --project=shots -g 'overview 1440 light'

.PHONY: readme
readme: $(BIN) ## redo the README of the catalogue that ships
	@$(BIN) catalog readme deploy/catalog/vinhphuc > $(CACHE)/catalog.md && mv $(CACHE)/catalog.md deploy/catalog/vinhphuc/README.md

.PHONY: fmt
fmt: $(NODE_DEPS) ## format everything
	@gofmt -w cmd ingest query geo deploy frontend/embed.go && $(NPM) --prefix frontend run --silent format

.PHONY: clean
clean: ## remove what was built (not the fetched packages, not the data)
	@rm -rf bin frontend/dist/assets frontend/dist/index.html
