# Thin names for `python -m course_utils COMMAND`, which works without make as well (Windows).
# make run LESSON=03 PROFILE=full runs one lesson with the public data sets.
PYTHON ?= $(firstword $(foreach name,python3 python,$(if $(shell command -v $(name) 2>/dev/null),$(name))) python3)
LESSON ?=
PROFILE ?= quick
COURSE = $(PYTHON) -m course_utils

.PHONY: help run test browser lab build book setup doctor clean
help:    ## this list
	@sed -n 's/^\([a-z]*\): *## /  make \1	/p' Makefile
run:     ## run the lessons (LESSON=03, PROFILE=full), make pages in build/html
	@$(COURSE) run $(LESSON) --profile $(PROFILE)
test:    ## style, tests, notebooks compared with their code
	@$(COURSE) test
browser: ## open every lesson (LESSON=03) in a headless Chromium, run it, look at it (15 minutes)
	@$(COURSE) browser $(LESSON)
lab:     ## open the notebooks in JupyterLab
	@$(COURSE) lab
build:   ## make the notebooks from notebooks/source (LESSON=03)
	@$(COURSE) build $(LESSON)
book:    ## the web edition in build/book: search, answers folded, reference pages
	@$(COURSE) book
setup:   ## make the environment in .venv
	@$(COURSE) setup
doctor:  ## look for what is missing, and say how to mend it
	@$(COURSE) doctor
clean:   ## delete build/ and caches; .venv stays
	rm -rf build .pytest_cache .ruff_cache .hypothesis
