# The commands of this project. The first two need nothing but Rust: they see to the rest themselves.

.DEFAULT_GOAL := help
.PHONY: help demo test browse upgrade chaos soak lint prepare sqlx fuzz bench bench-latency bench-scale promtool

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: prepare ## See it work: private database, portal simulator, examiners, daemon. Ctrl-C ends it
	cargo build --locked
	@cargo run --quiet --locked -- demo

# Tests wait more than they work, hence two for each processor.
test: prepare ## Run all tests
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$((2 * $$(nproc || echo 2)))} cargo test --locked
	@echo "plans of the hot statements"; cargo test --quiet --locked --bench store -- --plans >/dev/null
	@tests/browser/run.sh --built

browse: ## Use the dashboard with Chromium, and look at each page with axe (from npm, once)
	@tests/browser/run.sh --axe

upgrade: prepare ## Take a private database from PostgreSQL 15 to 17, killed at ten moments; fetches 17's programs (16 MB)
	deploy/dev/postgres-17.sh
	cargo test --locked --test upgrade -- --nocapture

chaos: prepare ## Kill daemons and the database server under load, for some minutes; the tests play a short form
	CHAOS=long cargo test --locked --test chaos -- --nocapture

soak: prepare ## Two hours (SOAK_SECONDS) of ticks every 5 s with faults and restarts: nothing may grow
	CHAOS=soak cargo test --release --locked --test chaos -- --nocapture

lint: ## Check format, lints, documentation and, if cargo-deny is installed, dependencies
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --lib --examples
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check licenses bans sources; \
	else echo "cargo-deny is not installed: dependencies not checked"; fi

prepare: ## Install missing system packages (Debian), or say what to install
	@deploy/dev/packages.sh

# Only the stable toolchain is needed: without a sanitizer, which safe code can do without.
FUZZ_TARGET ?= portal_page configuration api_input
fuzz: ## Fuzz pages, configuration and API for FUZZ_SECONDS (60) each, or FUZZ_TARGET only; the first build takes minutes
	@cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --version 0.13.2 --locked
	@for target in $(FUZZ_TARGET); do \
		mkdir -p fuzz/corpus/$$target && \
		cargo fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
			-dict=fuzz/$$target.dict -max_len=20000 -timeout=20 -rss_limit_mb=4096 \
			-max_total_time=$${FUZZ_SECONDS:-60} || exit; \
	done

bench: prepare ## Measure: a page, the store, the whole daemon with 100, 1,000 and 10,000 examiners
	cargo bench --locked --bench portal
	cargo bench --locked --bench store
	cargo bench --locked --bench load -- --workers 16 --idle 60s --json target/load.json

bench-latency: prepare ## Ticks of BENCH_USERS (10000) examiners of a portal that takes 300 ms for each page, an interval each at most
	cargo bench --locked --bench load -- --users $${BENCH_USERS:-10000} --latency 300ms --workers 40 --no-limits --idle 120s

bench-scale: prepare ## Schedule, queue and store with BENCH_USERS (100000) accounts due at once, the portal's time compressed
	cargo bench --locked --bench load -- --users $${BENCH_USERS:-100000} --days 2 --slots-per-day 2-4 --workers 32 --no-limits

promtool: ## Check and test the alert rules for Prometheus with its own tool
	@deploy/dev/packages.sh promtool:prometheus
	promtool check config deploy/prometheus/prometheus.yml
	promtool test rules deploy/prometheus/alerts_test.yaml

sqlx: prepare ## Write .sqlx anew, after a change of queries or migrations
	deploy/dev/sqlx-prepare.sh
