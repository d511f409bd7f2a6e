# The commands of the project; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
LDFLAGS  := -s -w -X main.version=$(VERSION)
# The race detector needs a C compiler; a machine without one still tests.
RACE     := $(shell command -v $${CC:-gcc} >/dev/null 2>&1 && echo -race)
FUZZTIME ?= 1m
KILLS    ?= 100
PURE     := ./fixtures/... ./reports/... ./netns/firewall/... ./suites/rollover/... ./suites/target/... ./suites/evidence/... ./suites/trace/... ./suites/assess/... ./tools/...

.PHONY: help run test build check lint bench soak kills fuzz mutate golden corpus nightly clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## play every core scenario against the built-in reference server, into runs/<UTC time>/
	bin/rollover run 'core'

build: ## bin/rollover, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/rollover ./tools/rollover

test: ## everything CI runs, after installing what the tests need
	tools/install-test-programs
	$(MAKE) lint build
	go test $(RACE) -p 1 -timeout 14m ./...
	SOAK=2 tools/soak smoke

check: lint ## format, vet, static checks, import rules, unit tests under race; no root, no third-party program
	go test $(RACE) $(PURE)

lint:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted:" $$out; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

bench: build ## ratios against peers, side by side in one run
	go test -run '^$$' -bench . -benchtime 1x ./netns/... ./suites/trial ./suites/campaign

soak: build ## the core catalogue SOAK times (20) at 64 jobs while every processor is kept busy
	tools/soak

kills: ## end a run KILLS times (100) at random moments, and look for what is left
	ROLLOVER_KILLS=$(KILLS) go test -count=1 -v -timeout 1h -run TestNothingIsLeft ./tools/rollover

fuzz: ## every fuzz target for FUZZTIME (1m)
	FUZZTIME=$(FUZZTIME) tools/fuzz

mutate: ## plant small defects in judge, oracle and trace; the unit tests must notice 85 % of them
	go run ./tools/mutate

corpus: build ## play self-test, catalogue and lawful oddities, and keep their evidence as what must be judged alike for ever
	@d=$$(mktemp -d) && trap 'rm -rf "$$d"' EXIT && \
	bin/rollover selftest --out "$$d" && bin/rollover run --out "$$d/catalogue" && \
	bin/rollover run --out "$$d/deviations" suites/testdata/deviations.yaml && \
	go test ./suites/assess -update -pack "$$d"

golden: build ## rewrite the golden files, and the kill table
	go test ./netns/firewall ./reports/... ./suites/assess ./suites/rollover ./suites/trace ./tools/rollover -update
	bin/rollover selftest --markdown docs/kill-table.md

nightly: soak fuzz kills mutate ## soak, fuzz, kills, mutants, a certificate, and the catalogue at the specifications' timing
	@d=$$(mktemp -d) && trap 'rm -rf "$$d"' EXIT && \
	bin/rollover certify --out "$$d/certificate" && bin/rollover verify --deep "$$d/certificate/wm-core.tar.gz"
	bin/rollover run --timing standard 'core'

clean: ## remove bin/ and runs/
	rm -rf bin runs
