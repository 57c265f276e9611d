# make help lists what there is to do.
DATASET   = toystreet
PROFILE   = laptop
HARDWARE  = gtx1080ti
DATA_ROOT =
JOBS      =
GRID      = table1
LAUNCH    =
NETWORKS  =
LIST      =
PYTHON    = python3

MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help reproduce reproduce-table1 reproduce-figures-1-2 reproduce-figure3 reproduce-figure4 reproduce-figure5 \
	reproduce-figure6 reproduce-ablation reproduce-streaming reproduce-camvid-decay reproduce-leaderboard reproduce-engines reproduce-zoo \
	reproduce-survey reproduce-farsee reproduce-hmseg reproduce-hmseg-search reproduce-zoo-lamiou reproduce-low-latency-video reproduce-real-video reproduce-int8 reproduce-pretraining reproduce-tuning reproduce-frame-size reproduce-anticipation reproduce-latency-cost reproduce-farsee-accuracy gpu-reference plan nothing report \
	publish explore site-explorer late-movie screenshots test torture audit lint pages docs lab notebooks setup install lock wheel image bench smoke clean

# Idle OpenMP threads must not take the cores from busy ones; two libraries must not share a matrix.
export OMP_WAIT_POLICY ?= PASSIVE
export GOMP_SPINCOUNT ?= 0

# The environment: the active one (but conda's base), else .venv. Its stamp is named after the lock.
VIRTUAL_ENV ?=
CONDA_PREFIX ?=
CONDA_DEFAULT_ENV ?=
CONDA := $(if $(filter-out base,$(CONDA_DEFAULT_ENV)),$(CONDA_PREFIX))
ENV   := $(or $(VIRTUAL_ENV),$(CONDA),$(CURDIR)/.venv)
BIN   := $(ENV)/bin
$(foreach of,CURDIR ENV DATA_ROOT,$(if $(word 2,$($(of))),$(error $(of)=$($(of)) holds a space, which \
make cannot take: use a path without one)))
LOCK  := $(shell cat requirements.txt pyproject.toml | git hash-object --stdin)
READY := $(ENV)/.lasegm-$(LOCK)
# Kernels read no settings of the user's own, and say nothing of their transport.
export IPYTHONDIR := $(ENV)/ipython
KERNEL_CONFIG := $(IPYTHONDIR)/profile_default/ipython_kernel_config.py

SETTING := $(DATASET)-$(PROFILE)$(if $(filter-out gtx1080ti,$(HARDWARE)),-$(basename $(notdir $(HARDWARE))))$(if $(filter folder,$(DATASET)),-$(basename $(notdir $(DATA_ROOT))))
SOURCES := $(shell find lasegm_core -name "*.py" -o -name "*.csv" -o -name "*.yaml")
PLACE   := $(if $(DATA_ROOT),$(abspath $(patsubst ~/%,$(HOME)/%,$(DATA_ROOT))))

TOOL_METADATA := metadata.papermill metadata.widgets metadata.language_info.version cell.metadata.papermill cell.metadata.execution

# CamVid's training labels are too far apart for the others.
NOTEBOOKS := table1 streaming figures1_2 camvid_decay $(if $(filter-out camvid,$(DATASET)),figure3 figure4 figures5_6 ablation) \
	$(if $(filter toystreet,$(DATASET)),explore)
MADE      := build/$(SETTING)
# What is made goes to build/figures; `make publish` copies it to figures/, where committed results lie.
OUT       := $(CURDIR)/build/figures
SMALL     := $(if $(filter smoke,$(PROFILE)),-smoke)
OPTIONS    = --dataset $(DATASET) --profile $(PROFILE) --hardware $(HARDWARE) $(if $(PLACE),--data $(PLACE)) $(if $(JOBS),--jobs $(JOBS))
NAMES      = dataset=$(DATASET) profile=$(PROFILE) hardware=$(HARDWARE) $(if $(PLACE),data_root=$(PLACE)) \
	results=null build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/$(SETTING)

help:
	@echo "make TARGET [DATASET=$(DATASET)] [PROFILE=$(PROFILE)] [HARDWARE=$(HARDWARE)] [DATA_ROOT=] [JOBS=]"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|'
	@echo "profiles: smoke (numbers mean nothing), laptop, reference, gpu; camvid, kitti_step, vkitti2, folder: laptop; cityscapes: paper"

reproduce: $(NOTEBOOKS:%=$(MADE)/%.ipynb)  ## every table and figure, into build/figures/; what is missing is rendered, trained, scored
reproduce-table1: $(MADE)/table1.ipynb  ## Table 1: four networks, three configurations, the verdict on five claims
	@echo "build/figures/$(SETTING)/table1.{csv,md,html,tex,pdf,svg,png}"
reproduce-figures-1-2: $(MADE)/figures1_2.ipynb  ## Figures 1, 2: what is compared with what
reproduce-figure3: $(MADE)/figure3.ipynb  ## Figure 3: LAmIoU over the frame offset; reproduce-figure4: over the inverse speed
reproduce-figure4: $(MADE)/figure4.ipynb
reproduce-figure5 reproduce-figure6: $(MADE)/figures5_6.ipynb
reproduce-figure5:  ## Figure 5, and reproduce-figure6: predictions of the future from one frame, from two
reproduce-ablation: $(MADE)/ablation.ipynb  ## section 5.3: translated inputs, or the width?
reproduce-streaming: $(MADE)/streaming.ipynb  ## Table 1 on one device while the camera does not wait; policies, jitter
reproduce-camvid-decay: $(MADE)/camvid_decay.ipynb
reproduce-leaderboard: build/leaderboard/leaderboard.ipynb  ## LAmIoU projected for every printed network; -latency-cost: what decides how much latency costs; seconds, no training
reproduce-latency-cost: build/latency-cost/latency_cost.ipynb
reproduce-low-latency-video: $(MADE)/low_latency_video.ipynb  ## paper 001: features propagated from key frames, scored when the predictions come
reproduce-real-video: build/real-video/real_video.ipynb  ## published weights on CamVid, both fetched; reproduce-int8: in int8, -camvid-decay: with a flow, -pretraining: from ImageNet
reproduce-int8: build/int8/int8.ipynb
reproduce-pretraining: build/camvid-imagenet/pretraining.ipynb
reproduce-engines: build/engines$(SMALL)/engines.ipynb  ## the same weights by other engines: k, LAmIoU, camera to class ids; timed here
reproduce-zoo: reproduce-survey reproduce-farsee reproduce-hmseg reproduce-zoo-lamiou  ## the networks of the papers: the survey's, FarSee-Net's (-farsee-accuracy: trained) and HMSeg's tables, speeds here, LAmIoU; reproduce-hmseg-search: its Table 6
reproduce-survey: build/zoo$(SMALL)/survey_table4.ipynb
reproduce-farsee: build/zoo$(SMALL)/farsee_tables.ipynb
reproduce-hmseg: build/zoo$(SMALL)/hmseg_tables.ipynb
reproduce-hmseg-search: build/zoo/hmseg_search.ipynb
reproduce-zoo-lamiou: build/zoo$(SMALL)/zoo_lamiou.ipynb

# Publish what a clean commit made; a folder of build/figures by its name, else that of the setting.
SET = $(SETTING)
publish: | $(READY)
	@$(BIN)/python -m lasegm_core.experiments.results.publish $(SET)

# The runs of these are Table 1's.
$(MADE)/streaming.ipynb $(MADE)/camvid_decay.ipynb $(MADE)/explore.ipynb: $(MADE)/%.ipynb: notebooks/%.ipynb $(MADE)/table1.ipynb
	$(LAUNCH) $(BIN)/lasegm notebook $< $@ $(NAMES)
$(MADE)/table1.ipynb $(MADE)/figure3.ipynb: CHOSEN = $(if $(NETWORKS),networks='$(NAMED)')
$(MADE)/%.ipynb: CHOSEN =
$(MADE)/%.ipynb: notebooks/%.ipynb $(SOURCES) $(wildcard $(filter %.yaml %.yml,$(PLACE))) | $(READY)
	$(LAUNCH) $(BIN)/lasegm $* $(OPTIONS) $(CHOSEN:%=--networks $(NETWORKS))
	$(LAUNCH) $(BIN)/lasegm notebook $< $@ $(NAMES) $(CHOSEN)

# Features propagated between frames; the notebook trains what is missing itself.
VIDEO = $(if $(filter camvid,$(DATASET)),networks='[swiftnet_r18]')
build/toystreet-smoke/low_latency_video.ipynb: VIDEO = networks='[deeplab_mn, swiftnet_r18]' clips=2 calls=3 size='[64, 128]'
$(MADE)/low_latency_video.ipynb: notebooks/low_latency_video.ipynb $(SOURCES) | $(READY)
	$(LAUNCH) $(BIN)/lasegm notebook $< $@ $(NAMES) $(VIDEO)

build/leaderboard/leaderboard.ipynb: notebooks/leaderboard.ipynb $(SOURCES) $(wildcard figures/*-laptop/decay.csv) | $(READY)
	$(BIN)/lasegm notebook $< $@ results=$(CURDIR)/figures out=$(OUT)/leaderboard

build/latency-cost/latency_cost.ipynb: notebooks/latency_cost.ipynb $(SOURCES) $(wildcard figures/*/runs.json) | $(READY)
	$(BIN)/lasegm notebook $< $@ results=$(CURDIR)/figures out=$(OUT)/latency-cost

# What is there already is not made again; latencies are of this machine.
build/real-video/real_video.ipynb: notebooks/real_video.ipynb $(SOURCES) | $(READY)
	$(BIN)/lasegm notebook $< $@ $(if $(PLACE),data_root=$(PLACE)) $(if $(NETWORKS),weights='$(NAMED)') \
		results=null build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/real-video

# Networks, sizes and counts in fp32 are those of the committed table.
build/int8/int8.ipynb: notebooks/int8.ipynb $(SOURCES) | $(READY)
	$(BIN)/lasegm notebook $< $@ $(if $(PLACE),data_root=$(PLACE)) $(if $(NETWORKS),weights='$(NAMED)') \
		results=null real_video=$(CURDIR)/figures/real-video build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/int8

# The run from scratch is Table 1's of CamVid.
build/camvid-imagenet/pretraining.ipynb: notebooks/pretraining.ipynb $(SOURCES) | $(READY)
	$(BIN)/lasegm notebook $< $@ $(if $(PLACE),data_root=$(PLACE)) results=null from_scratch=null \
		build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/camvid-imagenet

# What the laptop's recipe was chosen by; DeepLab-R101 at two frame sizes; when does anticipation pay?
# What does a smaller input cost FarSee-Net?
reproduce-tuning: build/tuning/tuning.ipynb
reproduce-frame-size: build/frame-size/frame_size.ipynb
reproduce-anticipation: build/anticipation/anticipation.ipynb
reproduce-farsee-accuracy: build/farsee/farsee_accuracy.ipynb
define trained
build/$1/%.ipynb: notebooks/%.ipynb $(SOURCES) | $(READY)
	$(BIN)/lasegm notebook $$< $$@ $$(if $$(JOBS),jobs=$$(JOBS)) results=null build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/$1
endef
$(foreach set,tuning frame-size anticipation farsee,$(eval $(call trained,$(set))))

# For a bare machine with one GPU and python3 with torch; OPTIONS="--device cpu --tiny" tries it without one.
OPTIONS_GPU =
gpu-reference:
	$(PYTHON) -m lasegm_core.studies.gpu --out $(OUT)/gpu-reference $(OPTIONS_GPU)

# Times are of this machine: nothing else should run on it, another target neither (no -j).
# The survey's 100 passes, but no more than 5 s of each network by each method: under 10 minutes on 2 cores.
ZOO_SMOKE = swiftnet_r18,fast_scnn
NAMED = $(if $(NETWORKS),[$(NETWORKS)],null)
CARD  = $(firstword $(wildcard $(OUT)/zoo/card.json) $(CURDIR)/figures/zoo/card.json)
build/zoo/survey_table4.ipynb: ZOO = build=$(CURDIR)/build
build/zoo-smoke/survey_table4.ipynb: ZOO = networks=enet,fast_scnn,swiftnet_r18 size='[128, 256]' passes=2 build=$(CURDIR)/build
build/zoo-smoke/farsee_tables.ipynb: ZOO = sizes='[128x256, 256x512]' height=128 rounds=3
build/zoo/farsee_tables.ipynb build/zoo/hmseg_tables.ipynb: ZOO =
build/zoo/hmseg_search.ipynb: ZOO = build=$(CURDIR)/build cache=$(CURDIR)/data
build/zoo-smoke/hmseg_tables.ipynb: ZOO = sizes='[256x512]' rounds=2
build/zoo/zoo_lamiou.ipynb: ZOO = cards='[rtx3090, jetson_xavier, $(CARD)]' networks='$(NAMED)' build=$(CURDIR)/build cache=$(CURDIR)/data
build/zoo-smoke/zoo_lamiou.ipynb: ZOO = profile=smoke cards='[rtx3090]' networks='[swiftnet_r18, fast_scnn]' build=$(CURDIR)/build cache=$(CURDIR)/data
build/zoo$(SMALL)/%.ipynb: notebooks/%.ipynb $(SOURCES) | $(READY)
	$(if $(filter zoo_lamiou,$*),$(LAUNCH) $(BIN)/lasegm zoo_lamiou --profile $(if $(SMALL),$(PROFILE) --networks $(ZOO_SMOKE),zoo $(if $(NETWORKS),--networks $(NETWORKS))) --hardware rtx3090 $(if $(JOBS),--jobs $(JOBS)))
	$(BIN)/lasegm notebook $< $@ $(ZOO) results=null out=$(OUT)/zoo$(SMALL)

# Timed here as well. The accuracy is of the data's own size, the latency of frames of 256x512.
build/engines/engines.ipynb: ENGINES = $(if $(NETWORKS),networks='$(NAMED)')
build/engines-smoke/engines.ipynb: NETWORKS = swiftnet_r18
build/engines-smoke/engines.ipynb: ENGINES = networks='$(NAMED)' engines=channels_last,folded,openvino size='[64, 128]' camera='[120, 240]' calls=3
build/engines$(SMALL)/engines.ipynb: notebooks/engines.ipynb $(SOURCES) | $(READY)
	$(LAUNCH) $(BIN)/lasegm zoo_lamiou --dataset $(DATASET) --profile $(PROFILE) $(if $(PLACE),--data $(PLACE)) \
		$(if $(NETWORKS),--networks $(NETWORKS)) $(if $(JOBS),--jobs $(JOBS))
	$(BIN)/lasegm notebook $< $@ dataset=$(DATASET) profile=$(PROFILE) $(if $(PLACE),data_root=$(PLACE)) $(ENGINES) \
		results=null build=$(CURDIR)/build cache=$(CURDIR)/data out=$(OUT)/engines$(SMALL)

plan: | $(READY)  ## what GRID=table1 (figure3, ...) would take: runs, steps, time, disk; starts nothing
	@$(BIN)/lasegm $(GRID) $(OPTIONS) --dry-run

# A target a run, numbered as `lasegm GRID --list` lists them; those of the bases are made first.
runs-table1:  ## its runs (runs-figure3, ...: theirs), a command each: make -j8 runs-table1 LAUNCH="srun --gres=gpu:1"
runs-table1 runs-figures1_2 runs-figure3 runs-figure4 runs-figures5_6 runs-ablation: runs-%: | $(READY)
	mkdir -p $(MADE)
	$(LAUNCH) $(BIN)/lasegm $* $(OPTIONS) --list > $(MADE)/$*.runs
	@$(MAKE) --no-print-directory LIST=$(MADE)/$*.runs nothing $$(sed -n '/ --base/=' $(MADE)/$*.runs | sed 's/^/run-/')
	@$(MAKE) --no-print-directory LIST=$(MADE)/$*.runs nothing $$(sed -n '/ --base/!=' $(MADE)/$*.runs | sed 's/^/run-/')
run-%:
	@sed -n $*p $(LIST) | xargs -t $(LAUNCH) $(BIN)/lasegm train
nothing: ; @:

report: $(MADE)/report.html  ## one HTML file of all of it, readable offline; publish: copies build/figures/ to figures/
	@echo "$<"
$(MADE)/report.html: $(NOTEBOOKS:%=$(MADE)/%.ipynb)
	$(BIN)/lasegm report $@ $^

# In this order short notebooks come last, and no core waits long for the other. A worker more than
# cores, for some wait, and a thread each: two libraries' threads on one core cost more than they save.
WORKERS = $(shell $(PYTHON) -c "import os; print(min(4, 1 + os.cpu_count()))")
test: lint | $(READY)  ## ruff (make lint), unit tests, then every notebook through nbval, its outputs compared
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder \
		--doctest-modules --nbval --nbval-current-env --nbval-cell-timeout=300 \
		--ignore=tests/benchmarks lasegm_core tests notebooks

# Trains, times and draws everything once with the smoke profile: the end-to-end test. Runs are so short
# that other processes to make them would cost more than they save.
smoke: | $(READY)
	OMP_NUM_THREADS=1 $(MAKE) PROFILE=smoke JOBS=1 reproduce reproduce-low-latency-video reproduce-engines reproduce-zoo reproduce-leaderboard
	$(BIN)/python -m tests.smoke_tables

# Beside `test`: faults, load and damage, each case counted, for 35 minutes; QUICK=--short for some.
QUICK =
torture: | $(READY)
	$(BIN)/python -m tests.torture $(QUICK)
	$(if $(QUICK),,$(BIN)/python -m tests.torture.memory --out $(CURDIR)/figures/torture)

# The tool stays out of the environment: it has a folder of its own there.
audit: | $(READY)
	test -x $(ENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(ENV)/audit && \
		$(ENV)/audit/bin/python -m pip install --quiet pip-audit; } || \
		{ rm -rf $(ENV)/audit; echo "pip-audit cannot be installed: is there a network?"; exit 1; }
	$(ENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement requirements.txt || \
		{ echo "known holes, or packages that nothing could be asked about: see above"; exit 1; }

lint: | $(READY)
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/hadolint Dockerfile

bench: | $(READY)  ## ratios against what one would use instead, measured in one run
	$(BIN)/python -m pytest tests/benchmarks -q -s --out figures/bench

notebooks: | $(READY)  ## run the notebooks and store them as they are committed; lab: JupyterLab on them
	for notebook in notebooks/*.ipynb; do $(BIN)/lasegm notebook $$notebook build/$$notebook || exit 1; \
		$(BIN)/nbstripout --keep-output --keep-count --extra-keys "$(TOOL_METADATA)" build/$$notebook && \
		mv build/$$notebook $$notebook || exit 1; done

explore: | $(READY)  ## the viewers in the browser: clips, latency, configurations, which network to run; late-movie: README's
	$(BIN)/lasegm explore --dataset $(DATASET) --profile $(PROFILE) $(if $(PLACE),--data $(PLACE))

# Of committed predictions: nothing is trained.
late-movie: | $(READY)
	$(BIN)/lasegm movie --network swiftnet_r18 --network deeplab_r101 --hardware gtx1080ti \
		--results $(CURDIR)/figures/toystreet-laptop --out $(CURDIR)/figures/explorer/late.webp

# One file that needs no kernel and no server, of committed results; any static host serves it.
site-explorer: | $(READY)
	$(BIN)/python -m lasegm_core.viewers.site.page build/site/explorer.html
	@echo "open build/site/explorer.html in a browser"

screenshots: | $(READY)
	$(BIN)/python -m tests.screenshots --profile $(PROFILE)

pages: | $(READY)
	$(BIN)/python -m lasegm_core.reports.documents.pages README.md docs/*.md

docs: | $(READY)  ## the site, in build/docs; site-explorer: its explorer without a kernel; pages: write the committed numbers into README.md and docs/
	rm -rf docs/_api  # else pages of modules that are gone stay
	$(BIN)/sphinx-build -E -W --keep-going -q -j auto docs build/docs
	$(BIN)/python -m lasegm_core.viewers.site.page build/docs/live.html

lab: | $(READY)
	$(BIN)/jupyter lab --ip=127.0.0.1 notebooks

# CPU=1 leaves out what only a GPU needs, most of what is downloaded.
CPU =
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-deps --no-compile \
	$(if $(CPU),--extra-index-url https://download.pytorch.org/whl/cpu)
GPU_ONLY := ^\(cuda\|nvidia\|triton\)
TORCH := ^torch==
LARGE := $(if $(CPU),$(TORCH),$(GPU_ONLY)\|$(TORCH))
setup: $(READY)
# Once, though several makes ask for it; what was left half-made is completed.
$(READY):
	$(PYTHON) lasegm_core/support/run_once.py $@ $(MAKE) --no-print-directory install
install:
	$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv $(ENV)
	grep '$(LARGE)' requirements.txt > $(ENV)/large.txt
	grep -v '$(GPU_ONLY)\|$(TORCH)' requirements.txt > $(ENV)/rest.txt
	# A pip unpacks on one core: one takes the few largest packages, the other all else.
	$(PIP_INSTALL) -r $(ENV)/large.txt & large=$$!; \
		$(PIP_INSTALL) -r $(ENV)/rest.txt && wait $$large || { kill $$large 2> /dev/null; exit 1; }
	# pip compiles on one core, and all tests; some packages bring files that do not compile.
	$(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(ENV)/lib > /dev/null 2>&1 || true
	$(BIN)/python -m pip install --quiet --no-deps -e .
	mkdir -p $(dir $(KERNEL_CONFIG))
	printf 'c = get_config()\nc.IPKernelApp.log_level = 50\n' > $(KERNEL_CONFIG)
	rm -f $(ENV)/.lasegm-* && touch $(READY)

lock: | $(READY)
	$(BIN)/python -m pip install --quiet uv
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.txt

# From a copy: a build in place keeps old modules in build/lib, and takes them into the next wheel.
wheel: | $(READY)  ## the package as a wheel, in build/wheel; lock: requirements.txt anew from pyproject.toml; image: a Docker image
	rm -rf build/wheel && mkdir -p build/wheel/source
	git ls-files -z lasegm_core pyproject.toml README.md LICENSE | tar -cf - --null -T - | tar -xf - -C build/wheel/source
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel ./build/wheel/source
	rm -r build/wheel/source

image:
	docker build --tag lasegm .

clean:  ## everything made: build/, data/ and .venv/
	rm -rf build data .venv
