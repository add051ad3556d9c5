"""Making the environment: once, again after a change, and never half."""

import io
import subprocess
import sys
import types

import pytest

from course_utils.workbook import bootstrap
from course_utils.workbook.project import ROOT, WorkbookError


@pytest.fixture
def root(tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture
def calls(root, monkeypatch):
    """A subprocess that makes the files that venv makes; ``calls.says`` is its output."""
    made = types.SimpleNamespace(
        commands=[], says="Collecting numpy\n", status=0, interrupted=False
    )

    def popen(command, **options):
        made.commands.append(command)
        if "venv" in command:
            python = bootstrap.venv_python(root)
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_text("")
            (root / ".venv" / "pyvenv.cfg").write_text("home = x\nversion = 3.11.7\n")
        elif made.interrupted:
            return types.SimpleNamespace(stdout=Interrupted(), wait=lambda: 130)
        return types.SimpleNamespace(stdout=io.StringIO(made.says), wait=lambda: made.status)

    monkeypatch.setattr(subprocess, "Popen", popen)
    return made


class Interrupted:
    def __iter__(self):
        raise KeyboardInterrupt


def steps(calls):
    return ["venv" if "venv" in c else "pip" if "pip" in c else "command" for c in calls.commands]


def test_the_first_call_makes_the_environment_and_the_second_starts_at_once(root, calls):
    assert bootstrap.ensure_environment(root)
    assert steps(calls) == ["venv", "pip"]
    assert calls.commands[1][-4:] == ["-r", "requirements.txt", "-e", "."]
    assert not bootstrap.ensure_environment(root)
    assert len(calls.commands) == 2


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_requirements_are_installed_into_the_same_environment(root, calls, name):
    bootstrap.ensure_environment(root)
    (root / name).write_text("changed\n")
    assert bootstrap.ensure_environment(root)
    assert steps(calls) == ["venv", "pip", "pip"]


def test_another_python_in_the_environment_is_noticed(root, calls):
    bootstrap.ensure_environment(root)
    (root / ".venv" / "pyvenv.cfg").write_text("home = x\nversion = 3.13.0\n")
    assert not bootstrap.is_ready(root)


def test_a_moved_clone_is_noticed(root, calls, tmp_path_factory):
    bootstrap.ensure_environment(root)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "clone"
    root.rename(elsewhere)
    assert not bootstrap.is_ready(elsewhere)


def test_an_environment_that_someone_made_is_filled_and_not_deleted(root, calls):
    subprocess.Popen(["python", "venv"])
    calls.commands.clear()
    bootstrap.ensure_environment(root)
    assert steps(calls) == ["pip"]


def test_a_failed_set_up_is_told_with_the_last_lines_and_begins_again(root, calls):
    calls.status, calls.says = 1, "line\n" * 50 + "OSError: [Errno 28] No space left on device\n"
    with pytest.raises(WorkbookError, match="No space left") as failed:
        bootstrap.ensure_environment(root)
    assert "the disk is full" in str(failed.value)
    assert str(failed.value).count("| line") == 11
    assert "No space left" in (root / "build" / "setup.log").read_text()
    assert not bootstrap.is_ready(root)
    calls.status = 0
    calls.commands.clear()
    bootstrap.ensure_environment(root)


def test_an_interrupted_set_up_is_not_taken_for_complete(root, calls):
    calls.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ensure_environment(root)
    assert not bootstrap.is_ready(root)
    calls.interrupted = False
    calls.commands.clear()
    assert bootstrap.ensure_environment(root)
    assert steps(calls) == ["venv", "pip"], "packages may be half there: it is made anew"


def test_an_interrupted_update_is_not_taken_for_complete(root, calls):
    bootstrap.ensure_environment(root)
    (root / "requirements.txt").write_text("numpy==2\n")
    calls.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ensure_environment(root)
    (root / "requirements.txt").write_text("numpy==1\n")
    assert not bootstrap.is_ready(root), "not even when the old requirements come back"


def test_a_lost_python_is_made_anew(root, calls):
    bootstrap.ensure_environment(root)
    bootstrap.venv_python(root).unlink()
    calls.commands.clear()
    bootstrap.ensure_environment(root)
    assert steps(calls) == ["venv", "pip"]


def test_another_folder_named_venv_is_never_deleted(root, calls):
    (root / ".venv").mkdir()
    (root / ".venv" / "thesis.txt").write_text("years of work")
    with pytest.raises(WorkbookError, match="Move it away"):
        bootstrap.ensure_environment(root)
    assert calls.commands == []


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("Temporary failure in name resolution", "no network"),
        ("WARNING: Retrying ... NewConnectionError", "no network"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED) Max retries", "PIP_CERT"),
        ("ERROR: Package 'x' requires a different Python: 3.9", "3.10 to 3.13"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "3.10 to 3.13"),
        ("The virtual environment was not created: ensurepip is not available", "python3-venv"),
        ("PermissionError: [WinError 5] Access is denied", "Close programs"),
        ("something else", "doctor"),
    ],
)
def test_the_likely_mend_fits_the_failure(log, said):
    assert said in bootstrap.likely_mend(log)


def test_the_command_runs_in_the_environment_and_its_status_is_returned(root, calls):
    calls.status = 0
    bootstrap.ensure_environment(root)
    calls.status = 7
    assert bootstrap.run_inside("run", ["run", "3"], root) == 7
    expected = [str(bootstrap.venv_python(root)), "-m", "course_utils.workbook.cli", "run", "3"]
    assert calls.commands[-1] == expected


def test_doctor_makes_no_environment(root, calls):
    bootstrap.run_inside("doctor", ["doctor"], root)
    assert steps(calls) == ["command"]
    assert calls.commands[0][0] == sys.executable


def test_an_incomplete_clone_is_told(root, calls):
    (root / "requirements.txt").unlink()
    subprocess.Popen(["python", "venv"])
    with pytest.raises(WorkbookError, match=r"requirements\.txt is missing"):
        bootstrap.ensure_environment(root)


def test_the_large_torch_is_warned_of_only_where_it_would_come(monkeypatch):
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "platform", "linux")
    assert "download.pytorch.org/whl/cpu" in bootstrap._torch_hint()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert bootstrap._torch_hint() is None
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://example.org")
    assert bootstrap._torch_hint() is None


def test_the_command_line_needs_no_package():
    """-S leaves out site-packages: only the standard library can be imported."""
    for arguments in (["--help"], ["run", "--help"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-S", "-E", "-m", "course_utils", *arguments, *no_venv(arguments)],
            cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        assert done.returncode == (1 if arguments == ["doctor"] else 0), done.stderr
        assert ("run: python -m course_utils setup" in done.stdout) == (arguments == ["doctor"])


def no_venv(arguments):
    return ["--no-venv"] if arguments == ["doctor"] else []


def test_an_old_python_can_read_the_first_file_and_is_told(capsys):
    source = (ROOT / "course_utils" / "__main__.py").read_text("utf-8")
    compile(source, "__main__", "exec", dont_inherit=True)
    assert source.index("version_info <") < source.index("from course_utils")
    old = types.SimpleNamespace(
        version_info=(3, 8, 1), executable="/usr/bin/python3", exit=sys.exit, modules=sys.modules
    )
    before = source.split("from course_utils")[0].replace("import sys\n", "")
    with pytest.raises(SystemExit, match=r"3\.10 or newer is needed, this is 3\.8"):
        exec(compile(before, "__main__", "exec"), {"sys": old})
