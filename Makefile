# What people and machines run. Each target installs what is missing first (`.ci/setup`), and each can be run alone.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

SWIFT ?= swift
# Compilers and tests at once. Two cores need about 2 GB.
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

# The standard library goes into the binary, so that it runs where Swift is not installed.
STATIC := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
RELEASE := $(SWIFT) build -c release --product payg --jobs $(JOBS) $(STATIC)
DEBUG_PAYG := $(SWIFT) build --show-bin-path
PLUGIN_PACKAGE := Tests/Fixtures/PluginPackage

.PHONY: help setup demo test bench release format clean

help:
	@echo 'make demo     build payg and a store of real requests (twelve accounts, their October), and ask it questions at a prompt'
	@echo 'make test     everything that must hold before a change goes in'
	@echo 'make bench    how long decisions take'
	@echo 'make release  build payg to be used: .build/release/payg'
	@echo 'make format   bring Swift and rule files into their one form'
	@echo 'make clean    remove everything that was built'

setup:
	@MAKECMDGOALS='$(MAKECMDGOALS)' .ci/setup

# On a terminal the compiler shows one line that moves; elsewhere it would be hundreds.
demo: setup
	@[ -x .build/release/payg ] || echo 'building payg, which takes some minutes the first time'
	@$(RELEASE) $$([ -t 1 ] || echo --quiet)
	@.build/release/payg check rules | head -n 1
	@.build/release/payg test rules | tail -n 1
	@rm -f .build/demo.payg*
	@echo
	@REPL/demo/build.sh .build/release/payg .build/demo.payg
	@echo
	@if [ -t 0 ] && [ -t 1 ]; then exec .build/release/payg -s .build/demo.payg; fi

test: setup
	$(SWIFT) build --build-tests --jobs $(JOBS)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(JOBS) $(SWIFT) test --skip-build --parallel --disable-xctest
	@if [ -f $(PLUGIN_PACKAGE)/Package.swift ]; then \
	  echo '$(PLUGIN_PACKAGE): the plugin of another package'; \
	  $(SWIFT) test --package-path $(PLUGIN_PACKAGE) --scratch-path $(CURDIR)/.build-plugin --jobs $(JOBS) --disable-xctest; \
	fi
	@echo 'Benchmarks: the engine and the same policies written by hand must agree on every event'
	$(SWIFT) run -c release --package-path Benchmarks --scratch-path $(CURDIR)/.build-bench --jobs $(JOBS) payg-bench --seconds 0.02
	@echo 'a million made-up events: the engine and the auditor must agree on every one'
	$(SWIFT) run -c release --scratch-path .build-simulate --jobs $(JOBS) simulate rules 1000000
	@echo 'arrows: every target imports only what it lists'
	$(SWIFT) build --scratch-path .build-arrows --jobs $(JOBS) --explicit-target-dependency-import-check error
	"$$($(DEBUG_PAYG))/payg" check rules
	"$$($(DEBUG_PAYG))/payg" test rules

bench: setup
	@if [ ! -f Benchmarks/Package.swift ]; then echo 'there is no Benchmarks package yet' >&2; exit 1; fi
	$(SWIFT) run -c release --package-path Benchmarks --scratch-path $(CURDIR)/.build-bench --jobs $(JOBS)

release: setup
	$(RELEASE)
	@ls -lh .build/release/payg

format: setup
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests REPL
	$(SWIFT) build --product payg --jobs $(JOBS)
	"$$($(DEBUG_PAYG))/payg" fmt rules

clean:
	rm -rf .build .build-*
