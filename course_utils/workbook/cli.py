"""The command line: ``workbook …`` in an environment, ``python -m course_utils …`` without one."""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.workbook.project import ROOT, NoLessonsError, WorkbookError, importable_here
from course_utils.workbook.terminal import say

PROFILES = ("quick", "full")
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, *, bootstrapping: bool = False) -> int:
    """Run one command.

    Args:
        argv: the arguments; ``sys.argv`` by default.
        bootstrapping: make the environment first, and run the command in it.

    Returns:
        The exit status: 0 fine, 1 something failed, 2 wrong usage, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console cannot write every sign
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if argv is None else argv)
    options = _parser().parse_args(given)
    if options.command is None:
        _parser().print_help()
        return 0
    try:
        if bootstrapping and not _in_this_python(options) and options.command != "book":
            from course_utils.workbook import bootstrap

            return bootstrap.run_inside(options.command, given)
        return int(options.call(options))
    except WorkbookError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (
            not (error.name or "").startswith("course_utils.")
            or not (ROOT / "release.json").exists()
        ):
            raise
        print(f"\n{options.command}: not in this edition, which is for students.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # Tasks that were cut off complain with a traceback when they are collected, later on.
        logging.getLogger("asyncio").disabled = True
        print("\nStopped.", file=sys.stderr)
        return _INTERRUPTED


def _in_this_python(options: argparse.Namespace) -> bool:
    return options.no_venv or os.environ.get("COURSE_NO_VENV") == "1"


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--no-venv",
        action="store_true",
        help="use this Python as it is, without .venv (also: COURSE_NO_VENV=1)",
    )
    parser = argparse.ArgumentParser(
        prog="workbook", description="Run, build and test the lessons of the workbook."
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, call, told: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=told, description=told, parents=[common])
        added.set_defaults(call=call)
        return added

    run = add("run", _run, "run lessons and make pages of them")
    run.add_argument("lessons", nargs="*", metavar="LESSON", help="number or name; all if none")
    run.add_argument(
        "--profile", choices=PROFILES, default=_default_profile(), help="size of the data"
    )
    build = add("build", _build, "make the notebooks from notebooks/source")
    build.add_argument("lessons", nargs="*", metavar="LESSON", help="number or name; all if none")
    build.add_argument("--check", action="store_true", help="only say whether they are up to date")
    build.add_argument("--execute", action="store_true", help="run the solutions in any case")
    build.add_argument(
        "--through", metavar="NN", help="a release of the lessons up to NN, into --to"
    )
    build.add_argument("--with-solutions", action="store_true", help="their solutions, too")
    build.add_argument("--nbgrader", action="store_true", help="source notebooks for nbgrader")
    build.add_argument("--to", metavar="FOLDER", help="for --through and --nbgrader")
    newer = add("upgrade", _upgrade, "take the answers of an old notebook into its new edition")
    newer.add_argument("old", metavar="OLD", help="the notebook with the answers")
    newer.add_argument(
        "new", nargs="?", metavar="NEW", help="its new edition (by its name if none)"
    )
    newer.add_argument("--to", metavar="FILE", help="for the result (OLD itself, with a backup)")
    add("test", _test, "check style, run the tests, compare the notebooks")
    browser = add("browser", _browser, "run the lessons in JupyterLab in a headless Chromium")
    browser.add_argument("lessons", nargs="*", metavar="LESSON", help="all if none")
    lab = add("lab", _lab, "open the notebooks in JupyterLab")
    lab.add_argument("options", nargs="*", metavar="OPTION", help="for JupyterLab, after --")
    measure = add("results", _results, "measure the reference's figures again, and write a table")
    measure.add_argument(
        "--full", action="store_true", help="on the public data, into RESULTS.md (40 minutes)"
    )
    measure.add_argument(
        "--only", nargs="+", default=[], metavar="WHAT", help="a source (R2) or the start of a name"
    )
    again = measure.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        action="store_true",
        help="keep the runs that are there; so it is without a word",
    )
    again.add_argument("--fresh", action="store_true", help="forget the runs that are there")
    measure.add_argument("--retry", action="store_true", help="run again what failed before")
    measure.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at once")
    measure.add_argument("--folder", metavar="PATH", help="where runs are kept (build/results)")
    _grade_parser(add("grade", _grade, "grade a folder of hand-ins (GRADING.md)"))
    hand_in = add("submit", _submit, "check a notebook and make the hand-in file of it")
    hand_in.add_argument("notebook", metavar="NOTEBOOK", help="a saved .ipynb")
    hand_in.add_argument("--to", metavar="FILE", help="the hand-in (beside the notebook)")
    web = add("book", _book, "make the web edition: pages with search, answers folded")
    web.add_argument("--to", metavar="FOLDER", help="for the pages (build/book)")
    web.add_argument("--base", metavar="PATH", help="of the site on its server (/NAME/)")
    add("setup", _setup, "make the environment in .venv")
    add("doctor", _doctor, "look for what is missing, and say how to mend it")
    return parser


def _grade_parser(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("folder", nargs="?", default="", metavar="FOLDER", help="the hand-ins")
    grade.add_argument("--lesson", default="", help="number or name; all that are answered if none")
    grade.add_argument("--out", default="", metavar="PATH", help="for the results (FOLDER-grades)")
    grade.add_argument("--jobs", type=int, default=2, metavar="N", help="hand-ins at once")
    grade.add_argument("--seed-file", default="", metavar="FILE", help="the secret seed")
    grade.add_argument(
        "--cluster", default="", metavar="ADDRESS", help='Dask scheduler, or "local"'
    )
    grade.add_argument("--canvas", default="", metavar="CSV", help="fill this exported gradebook")
    grade.add_argument("--canvas-column", default="", metavar="NAME", help="its assignment")
    grade.add_argument("--gradescope-bundle", metavar="ZIP", help="only make an autograder")
    grade.add_argument("--visibility", default="visible", help="of results on Gradescope")
    grade.add_argument("--verify", metavar="OUT", help="only compare a receipt with what is there")
    grade.add_argument(
        "--allow-weak", action="store_true", help="also where answers cannot be locked in"
    )


def _default_profile() -> str:
    """COURSE_PROFILE if it is one; argparse does not check defaults."""
    told = os.environ.get("COURSE_PROFILE", "").strip().lower()
    return told if told in PROFILES else "quick"


# Each command imports what it needs: the parser must work before anything is installed.


def _run(options: argparse.Namespace) -> int:
    if (ROOT / "release.json").is_file():  # a release for students: notebooks without sources
        from course_utils.workbook.released import run_release

        return min(run_release(options.lessons, options.profile), 1)
    from course_utils.workbook.run import run

    return min(run(options.lessons, options.profile), 1)


def _build(options: argparse.Namespace) -> int:
    from course_utils.workbook.build import build, check

    if options.through or options.nbgrader:
        return _build_for_others(options)
    try:
        if not options.check:
            return min(build(options.lessons, force=options.execute), 1)
        problems = check(options.lessons)
    except NoLessonsError as none:
        say(f"{none}. Nothing to build.")
        return 0
    for problem in problems:
        say(problem)
    say(f"{len(problems)} notebooks differ from their sources" if problems else "up to date")
    return min(len(problems), 1)


def _build_for_others(options: argparse.Namespace) -> int:
    if not options.to or (options.through and options.nbgrader):
        raise WorkbookError(
            "build --through NN and build --nbgrader: expected one of them and --to FOLDER, the "
            "folder that is written. For example: build --through 03 --to ../for-students"
        )
    if options.nbgrader:
        from course_utils.workbook.nbgrader import build_nbgrader

        return min(build_nbgrader(Path(options.to), options.lessons), 1)
    from course_utils.workbook.through import release

    release(options.through, Path(options.to), with_solutions=options.with_solutions)
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    from course_utils.workbook.upgrade import upgrade_file

    return upgrade_file(options.old, options.new, options.to)


def _test(options: argparse.Namespace) -> int:
    from course_utils.workbook.stages import run_stages

    return run_stages()


def _browser(options: argparse.Namespace) -> int:
    from course_utils.workbook.browser import look

    return look(options.lessons)


def _lab(options: argparse.Namespace) -> int:
    # JupyterLab's kernels are this environment's, not those of the user's home.
    env = dict(importable_here(), JUPYTER_PREFER_ENV_PATH="1")
    command = [sys.executable, "-m", "jupyterlab", *options.options]
    return subprocess.call(command, cwd=ROOT / "notebooks", env=env)


def _results(options: argparse.Namespace) -> int:
    from course_utils.workbook.results import Order, results

    order = Order(
        profile="full" if options.full else "quick", only=options.only, fresh=options.fresh,
        retry=options.retry, jobs=options.jobs, folder=options.folder and Path(options.folder),
    )  # fmt: skip
    return results(order)


def _grade(options: argparse.Namespace) -> int:
    from course_utils.workbook.grade import command

    given = {name: getattr(options, name) for name in command.OPTIONS}
    if options.verify:
        return command.check(options.verify, options.folder, options.seed_file)
    if options.gradescope_bundle:
        return command.gradescope_bundle(options.gradescope_bundle, command.Wanted(**given))
    return command.grade(command.Wanted(**given))


def _submit(options: argparse.Namespace) -> int:
    from course_utils.workbook.submit import submit_file

    return submit_file(Path(options.notebook), options.to and Path(options.to))


def _book(options: argparse.Namespace) -> int:
    from course_utils.workbook.book import book  # has a small environment of its own

    to = options.to and Path(options.to)
    return book(to or None, own_environment=not _in_this_python(options), base=options.base)


def _setup(options: argparse.Namespace) -> int:
    say("Ready. Next: make run, or make lab (python -m course_utils run | lab).")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from course_utils.workbook.doctor import examine

    return examine()


if __name__ == "__main__":
    sys.exit(main())
