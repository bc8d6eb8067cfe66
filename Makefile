# Every target that is meant to be called has a line of help behind it; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CONFIGURATION ?= Release
PIPELINE_SERVICES ?= $(wildcard ../shared/services)
PIPELINE_DATA ?= $(wildcard ../shared/data)
export PIPELINE_SERVICES PIPELINE_DATA
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Restore packages and install the git hooks
	dotnet restore Pipeline.sln
	@if [ -d .git ]; then git config core.hooksPath .githooks; fi

.PHONY: build
build: ## Build everything
	dotnet build Pipeline.sln -c $(CONFIGURATION) -v quiet

.PHONY: run
run: ## Run everything in one process, with a demo shop's traffic
	dotnet build AllInOne -c $(CONFIGURATION) -v quiet
	exec dotnet artifacts/bin/AllInOne/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Pipeline.AllInOne.dll --demo

.PHONY: test
test: ## Build and run every test; those that need an absent service are skipped and say how to start it
	tests/run.sh

.PHONY: format
format: ## Format the code
	dotnet format Pipeline.sln

.PHONY: lint
lint: ## Fail where the code is not formatted
	dotnet format Pipeline.sln --verify-no-changes

.PHONY: golden
golden: ## Write the golden files anew; read the difference before committing it
	PIPELINE_GOLDEN=write tests/run.sh

.PHONY: topics
topics: ## Create the topics: make topics KAFKA=127.0.0.1:9092
	dotnet run --project Aggregator -c $(CONFIGURATION) -- topics --set Kafka:BootstrapServers=$(or $(KAFKA),127.0.0.1:9092)

.PHONY: check
check: ## What CI runs
	.ci/run

.PHONY: bench
bench: bench-collector ## Run the benchmarks against their peers

.PHONY: bench-collector
bench-collector: ## CPU per span of the Collector over Kafka beside the OpenTelemetry Collector's
	bench/collector.sh
