"""The command line: what each command calls, and that nobody sees a traceback."""

import logging
import os
import subprocess
import sys

import pytest

from course_utils.workbook import bootstrap, cli
from course_utils.workbook.project import ROOT, NoLessonsError, WorkbookError


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("COURSE_NO_VENV", "COURSE_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_command_the_commands_are_listed(capsys):
    assert cli.main([]) == 0
    out = capsys.readouterr().out
    for command in (
        *("run", "build", "test", "browser", "lab", "results", "book"),
        *("grade", "submit", "upgrade", "setup", "doctor"),
    ):
        assert f"\n    {command} " in out


@pytest.mark.parametrize(
    ("argv", "setting", "expected"),
    [
        (["run"], None, ([], "quick")),
        (["run", "3", "04", "--profile", "full"], None, (["3", "04"], "full")),
        (["run"], "full", ([], "full")),
        (["run", "--profile", "quick"], "full", ([], "quick")),
        (["run"], "nonsense", ([], "quick")),
    ],
)
def test_run_takes_lessons_and_a_profile(monkeypatch, argv, setting, expected):
    from course_utils.workbook import run

    if setting:
        monkeypatch.setenv("COURSE_PROFILE", setting)
    seen = []
    monkeypatch.setattr(run, "run", lambda *given: seen.append(given) or 3)
    assert cli.main(argv) == 1, "three failed lessons are exit status 1"
    assert seen == [expected]


def test_build_and_check_call_what_they_are_for(monkeypatch, capsys):
    from course_utils.workbook import build

    monkeypatch.setattr(
        build, "build", lambda wanted, force: 0 if (wanted, force) == (["3"], True) else 9
    )
    assert cli.main(["build", "3", "--execute"]) == 0
    monkeypatch.setattr(build, "check", lambda wanted: ["a.ipynb: differs"])
    assert cli.main(["build", "--check"]) == 1
    assert "a.ipynb: differs\n1 notebooks differ" in capsys.readouterr().out
    monkeypatch.setattr(build, "check", lambda wanted: [])
    assert cli.main(["build", "--check"]) == 0
    assert capsys.readouterr().out == "up to date\n"


def test_no_lessons_yet_is_said_and_no_fault(monkeypatch, capsys):
    from course_utils.workbook import build

    def none(wanted):
        raise NoLessonsError("no lessons: expected files")

    monkeypatch.setattr(build, "check", none)
    assert cli.main(["build", "--check"]) == 0
    assert "Nothing to build" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [(WorkbookError("mend it so"), 1, "mend it so"), (KeyboardInterrupt(), 130, "Stopped.")],
)
def test_errors_and_ctrl_c_end_without_a_traceback(monkeypatch, capsys, raised, status, said):
    from course_utils.workbook import run

    def fail(*given):
        raise raised

    monkeypatch.setattr(run, "run", fail)
    monkeypatch.setattr(logging.getLogger("asyncio"), "disabled", False)  # and so again afterwards
    assert cli.main(["run"]) == status
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.parametrize("argv", [["nonsense"], ["run", "--profile", "large"]])
def test_wrong_usage_is_status_2(argv, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(argv)
    assert ended.value.code == 2


def test_bootstrapping_goes_through_the_environment_unless_told_otherwise(monkeypatch):
    seen = []
    monkeypatch.setattr(bootstrap, "run_inside", lambda command, argv: seen.append(command) or 5)
    assert cli.main(["setup"], bootstrapping=True) == 5
    assert cli.main(["setup", "--no-venv"], bootstrapping=True) == 0
    monkeypatch.setenv("COURSE_NO_VENV", "1")
    assert cli.main(["setup"], bootstrapping=True) == 0
    assert cli.main(["setup"]) == 0
    assert seen == ["setup"]


def test_lab_opens_the_notebooks_with_the_course_importable(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        subprocess, "call", lambda command, **k: seen.update(k, command=command) or 0
    )
    assert cli.main(["lab", "--", "--no-browser"]) == 0
    assert seen["command"] == [sys.executable, "-m", "jupyterlab", "--no-browser"]
    assert seen["cwd"] == ROOT / "notebooks"
    assert str(ROOT) in seen["env"]["PYTHONPATH"].split(os.pathsep)
    assert seen["env"]["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_an_unknown_lesson_is_told_from_the_shell_as_well():
    done = subprocess.run(
        [sys.executable, "-m", "course_utils", "run", "no_such_lesson", "--no-venv"],
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no lesson" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_ctrl_c_cut_off_does_not_complain_afterwards():
    code = """if True:
        import asyncio, sys
        from course_utils.workbook import cli, doctor
        async def poll():
            raise AssertionError("cut off")
        def stopped(*args):
            loop = asyncio.new_event_loop()
            task = loop.create_task(poll())
            loop.run_until_complete(asyncio.sleep(0))
            assert task.done()
            loop.close()
            raise KeyboardInterrupt
        cli._doctor = doctor.doctor = stopped
        sys.exit(cli.main(["doctor"]))
    """
    env = {**os.environ, "COURSE_NO_VENV": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "Stopped."
