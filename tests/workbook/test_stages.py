"""The stages of ``test``: all run, are counted from reports, and end in one exact line."""

import pytest

from course_utils.workbook import stages
from course_utils.workbook.stages import Count, Stage, counted, read_report, run_stages

REPORT = """<testsuites><testsuite tests="5">
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure>x</failure></testcase>
<testcase name="d"><error>x</error></testcase>
<testcase name="e"><skipped/></testcase>
</testsuite></testsuites>"""
GOOD = '<testsuites><testsuite><testcase name="a"/><testcase name="b"/></testsuite></testsuites>'


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_a_report_is_counted_and_skipped_tests_are_neither(report):
    assert read_report(report) == Count(2, 2)


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (REPORT, 1, Count(2, 2)),
        (GOOD, 0, Count(2, 0)),
        (GOOD, 3, Count(2, 1)),  # a crash after the report
        (None, 4, Count(0, 1)),  # no report at all
    ],
)
def test_a_failing_status_never_counts_as_nothing(report, text, status, expected):
    report.unlink()
    if text:
        report.write_text(text)
    assert counted(Stage("tests", [], report), status) == expected


def test_a_stage_without_report_adds_only_its_failure():
    assert counted(Stage("style", []), 0) == Count(0, 0)
    assert counted(Stage("style", []), 1) == Count(0, 1)


def run(todo, statuses, capsys):
    ran = []

    def call(command, cwd, env):
        ran.append(command[0])
        if command[0] == "pytest":
            todo[1].report.write_text(GOOD)
        return statuses[command[0]]

    status = run_stages(todo, call)
    return status, ran, capsys.readouterr().out


def todo(report):
    return [
        Stage("style", ["ruff"]),
        Stage("tests", ["pytest"], report),
        Stage("notebooks", ["nbval"], report.with_name("none.xml"), idle="no notebooks yet"),
    ]


def test_all_stages_run_though_one_fails_and_the_last_line_sums_up(report, capsys):
    status, ran, out = run(todo(report), {"ruff": 1, "pytest": 0}, capsys)
    assert (status, ran) == (1, ["ruff", "pytest"])
    assert out.splitlines()[-1] == "2 passed, 1 failed"
    assert "style: 1 failed, 0 s" in out
    assert "notebooks: nothing to do (no notebooks yet)" in out


def test_when_all_pass_the_status_is_0(report, capsys):
    status, _, out = run(todo(report), {"ruff": 0, "pytest": 0}, capsys)
    assert status == 0
    assert out.splitlines()[-1] == "2 passed, 0 failed"


def test_an_old_report_is_not_counted_again(report, capsys):
    assert run_stages([Stage("tests", ["x"], report)], lambda *a, **k: 2) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_the_stages_are_strict_and_say_when_there_is_nothing(tmp_path):
    named = {s.name: s for s in stages.stages(tmp_path)}
    assert [bool(s.idle) for s in named.values()] == [False, False, False, True, True]
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "03_a.py").write_text("")
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "03_a.ipynb").write_text("")
    *_, check, compare = stages.stages(tmp_path)
    assert not check.idle
    assert not compare.idle
    command = " ".join(compare.command)
    for wanted in (
        "--nbval --nbval-current-env --nbval-cell-timeout=300", "-p no:cacheprovider",
        "-n 2 --dist loadscope", "03_a.ipynb",
    ):  # fmt: skip
        assert wanted in command
    assert "lax" not in command
