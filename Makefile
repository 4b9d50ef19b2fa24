# make demo   everything on a fresh machine: installs what is missing, builds, seals, verifies, extracts
# make demo-case   one case from seizure to court, by five parties, with what goes wrong
# make test   what CI runs
# make deb    a Debian package of a command that needs no Swift, in .build/deb
# make docs   the libraries' documentation, in .build/docs
# make bench  Bukti and its peers side by side; 40 minutes, 20 GB in BENCH_FOLDER
SWIFT ?= swift
PYTHON ?= python3
VENV = .build/venv
# Asked anew in every recipe: deps may have installed it just before.
TRAITS = $(shell pkg-config --exists libisal && echo --traits FastDeflate)
SOURCES = Sources Tests Benchmarks Examples Package.swift

.PHONY: test-library test-examples test-threads test-plain long-threads static deb test-deb
.PHONY: bench bench-build bench-scale bench-profile test-bench
.PHONY: help deps build demo demo-case test lint test-swift test-python test-both test-demo test-case test-casework test-months test-size test-crash test-faults vectors long-differential docs long-flips long-tamper long-changes long-engines long-plain long-crash long-faults long-samples long-size long-openings long-million long-months long-kills long-seals test-kills clean
help:
	@sed -n 's/^# make/make/p' Makefile

deps:
	@Tests/tools/install-dependencies

build: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti

demo: build
	@Tests/tools/demo .build/release/bukti

demo-case: build
	@$(PYTHON) Tests/tools/demo-case .build/release/bukti

test: deps lint test-swift build test-library test-examples test-threads test-plain test-python test-both test-crash test-faults test-demo test-case test-months test-size test-kills test-casework test-bench

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

test-swift: deps
	SWIFT_BACKTRACE=enable=no $(SWIFT) test $(TRAITS)

# The generator needs one package from PyPI; the verifier needs none.
$(VENV)/ready: testvectors/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement testvectors/requirements.txt
	touch $@

vectors: $(VENV)/ready
	$(VENV)/bin/python -m testvectors.generate

test-python: deps $(VENV)/ready
	$(VENV)/bin/python -m testvectors.generate --check
	$(PYTHON) -m unittest discover --start-directory testvectors --pattern 'test_*.py'
	$(PYTHON) -m unittest discover --start-directory spec/verify --pattern 'test_*.py'

# Mutated bundles, and proofs of parts, through both verifiers; the long form is for releases.
proven = $(filter-out %.v001.bukti %.v002.bukti,$(wildcard testvectors/valid/$(1).bukti))
DIFFERENTIAL = $(PYTHON) -m testvectors.differential --bukti .build/release/bukti
test-both: build
	$(DIFFERENTIAL) --count 2000 --seed 1
	@Tests/tools/proofs .build/release/bukti $(call proven,[ci]*)
	@Tests/tools/proofs .build/release/bukti --damage 150

long-differential: build
	$(DIFFERENTIAL) --count 100000 --seed 2 --keep .build/differences
	@Tests/tools/proofs .build/release/bukti $(call proven,*)
	@Tests/tools/proofs .build/release/bukti --damage 20000

# What the libraries ask of the system: nothing that a program which links them would not expect.
test-library: build
	@Tests/tools/library-audit .build/release

# Readers, and writers through failures, under the thread sanitizer; a build of its own, with zlib alone. The control
# has a race and must be caught.
THREADS = .build-threads/debug/bukti-threads
test-threads long-threads: deps
	$(SWIFT) build --sanitize=thread --scratch-path .build-threads --product bukti-threads
	@$(THREADS) race > .build-threads/race.log 2>&1; [ $$? -eq 66 ] || { echo "The race was not found."; exit 1; }
	$(THREADS) $(if $(filter long-threads,$@),3000,24)

# Programs that link the libraries from outside, and import only what their products name.
test-examples: build
	$(SWIFT) build --package-path Examples --scratch-path .build-examples --explicit-target-dependency-import-check error
	@Tests/tools/examples .build/release/bukti .build-examples/debug

# A command that needs no Swift library, and a Debian package of it. A build of its own: all is linked anew.
STATIC = .build-static/release/bukti
static: deps
	$(SWIFT) build $(TRAITS) -c release --static-swift-stdlib --scratch-path .build-static --product bukti
	@! ldd $(STATIC) | grep -i swift

deb: static
	@packaging/deb $(STATIC) .build/deb

# The package on a bare Debian 12, in a chroot; needs root.
test-deb: deb
	@Tests/tools/bare .build/deb/bukti_*.deb

# The demo is what a newcomer runs first: it has to work.
test-demo: build
	@Tests/tools/demo .build/release/bukti > .build/demo.log 2>&1 || { tail -n 40 .build/demo.log; exit 1; }
	@echo "The demo works."

# So has the case, with what each party's verifiers say.
test-case: build
	@$(PYTHON) Tests/tools/demo-case .build/release/bukti > .build/case.log 2>&1 || { tail -n 60 .build/case.log; exit 1; }
	@tail -n 2 .build/case.log

# A field investigator's month with loop device, tcpdump, full stick and kills; it ends in both verifiers.
test-casework: build
	@Tests/tools/casework .build/release/bukti > .build/casework.log 2>&1 || { tail -n 40 .build/casework.log; exit 1; }
	@tail -n 1 .build/casework.log

# Months of one case, and a small form of the many files; the long forms have 200 sessions and 1,000,000 files.
test-months: build
	@Tests/tools/months .build/release/bukti 20
	@Tests/tools/million .build/release/bukti 5000

long-months: build
	@Tests/tools/months .build/release/bukti 200

long-million: build
	@Tests/tools/million .build/release/bukti 1000000

# Physical offsets beyond 2^41: 5 TB of which only what is not zero is kept.
test-size: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti-campaign
	.build/release/bukti-campaign size .build terabytes

# Needs 21 GB of free space in SIZE_FOLDER.
SIZE_FOLDER ?= .build
long-size: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti-campaign
	.build/release/bukti-campaign size $(SIZE_FOLDER)

# Up to 4,000,000 frames, 1 GB in SIZE_FOLDER: opening takes milliseconds whatever their number.
long-openings: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti-campaign
	.build/release/bukti-campaign openings $(SIZE_FOLDER)

# The libraries' documentation, as archives in .build/docs.
docs:
	$(SWIFT) package dump-symbol-graph --minimum-access-level public --skip-synthesized-members > /dev/null
	@mkdir -p .build/docs
	@for library in BuktiWriter BuktiVerifier BuktiExtractor; do \
	  rm -rf .build/docs/graph && mkdir .build/docs/graph && \
	  cp .build/*/symbolgraph/$$library*.symbols.json .build/docs/graph/ && \
	  docc convert Sources/$$library/$$library.docc --warnings-as-errors --output-path .build/docs/$$library.doccarchive \
	    --additional-symbol-graph-dir .build/docs/graph || exit 1; done
	@echo "Documentation in .build/docs"

# Campaigns in full, for releases; make test has samples of all.
long-flips long-tamper long-changes long-engines long-seals: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti-campaign
	.build/release/bukti-campaign $(@:long-%=%)

# Losses of power, modelled: more than 20,000 states of the disk; in full every size of each file.
test-crash long-crash: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti-campaign
	.build/release/bukti-campaign crash $(if $(filter long-crash,$@),1,2)

# Failing system calls, kills and disks that fill up.
test-faults: build
	@Tests/tools/faults .build/release/bukti calls --every 9
	@Tests/tools/faults .build/release/bukti disks --every 17

long-faults: build
	@Tests/tools/faults .build/release/bukti

# A build of its own with zlib as the only encoder: a sample of the engines, or all tests.
test-plain: deps
	$(SWIFT) build --scratch-path .build-plain --product bukti-campaign
	.build-plain/debug/bukti-campaign engines 3000

long-plain: deps
	SWIFT_BACKTRACE=enable=no $(SWIFT) test --scratch-path .build-plain

long-samples: build
	@Tests/tools/samples .build/release/bukti

# Acquisitions killed at random places and resumed: 50 places of 2 GB, and a sample.
long-kills: build
	@Tests/tools/kills .build/release/bukti

test-kills: build
	@Tests/tools/kills .build/release/bukti --size 68 --places 5

# Speed: against peers and limits, and against size; both write their tables and plots into the documents. The short form
# shows that the harness works, and that it notices a tool that does not.
BENCH_FOLDER ?= .build/bench
ROUNDS ?= 5
BENCH_OPTIONS ?= --install --update
BENCH = PYTHONPATH=Benchmarks $(PYTHON) -m $(1) --bukti .build/release/bukti --micro .build/release/bukti-bench --folder $(BENCH_FOLDER)
bench-build: deps
	$(SWIFT) build $(TRAITS) -c release --product bukti
	$(SWIFT) build $(TRAITS) -c release --product bukti-bench

bench: bench-build
	@$(call BENCH,bench) --rounds $(ROUNDS) $(BENCH_OPTIONS)

bench-scale: bench-build
	@$(call BENCH,bench.scale) --update

# What the cores do meanwhile; perf is in Debian's linux-perf.
bench-profile: bench-build
	@$(call BENCH,bench.profile) --update

test-bench: bench-build
	@PYTHONPATH=Benchmarks $(PYTHON) -m unittest bench.test_bench
	@$(call BENCH,bench) --quick --only abd --tools tar,cp,squashfs > .build/bench.log 2>&1 || { tail -n 40 .build/bench.log; exit 1; }
	@$(call BENCH,bench.scale) --sizes 0.02,0.1 --items 100,1000 --rounds 1 > .build/bench.log 2>&1 || { tail -n 40 .build/bench.log; exit 1; }
	@echo "The comparison works."

clean:
	rm -rf .build .build-static .build-threads .build-plain .build-examples
