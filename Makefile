# make serve and make test do all of their own set-up on a Debian machine that has Swift.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: serve test lint format openapi deps help
.DEFAULT_GOAL := help

# What follows serve on the command line: make serve ARGS="--port 9000"
ARGS ?=

help:
	@echo "make serve    build and run the service (ARGS=\"--port 9000\")"
	@echo "make test     run every test"
	@echo "make lint     check the format of the sources"
	@echo "make format   mend it"
	@echo "make openapi  write openapi.json anew from openapi.yaml"
	@echo "make deps     install the Debian packages that are missing"

serve: deps
	@[ -x .build/release/ropewalk ] || echo "The first build takes about a minute." >&2
	@swift build -c release --product ropewalk
	@exec .build/release/ropewalk serve $(ARGS)

test: deps
	swift build --build-tests
	swift test --skip-build

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

openapi: deps
	swift run openapi-to-json openapi.yaml Sources/RopewalkService/Resources/openapi.json

deps:
	@scripts/deps packages.txt
