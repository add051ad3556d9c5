"""The doctor tells what is wrong and the exact mend."""

import importlib.metadata
import os

import pytest

from course_utils.workbook import doctor
from course_utils.workbook.doctor import Finding


@pytest.mark.parametrize(
    ("version", "mend"),
    [((3, 9), "3.10 or newer"), ((3, 10), None), ((3, 13), None), ((3, 14), None)],
)
def test_python(version, mend):
    found = doctor.python_finding(version)
    assert (found.mend is None) == (mend is None)
    assert mend is None or mend in found.mend
    assert ("newer than those tested" in found.found) == (version == (3, 14))


def test_packages_are_compared_with_the_requirements(tmp_path):
    numpy = importlib.metadata.version("numpy")
    file = tmp_path / "requirements.txt"
    file.write_text(f'# comment\nnumpy=={numpy}  # what for\nnowhere==1; python_version < "3"\n')
    assert doctor.packages_finding(file) == Finding(
        "packages", "all 1 are there, in the tested versions"
    )
    file.write_text("numpy==0.1\nnowhere-at-all==1\n")
    found = doctor.packages_finding(file)
    assert f"numpy {numpy} instead of ==0.1; nowhere-at-all is missing" in found.found
    assert "pip install -r requirements.txt" in found.mend


def test_a_local_build_of_a_pinned_version_is_that_version(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.13.0+cpu")
    file = tmp_path / "requirements.txt"
    file.write_text("torch==2.13.0\n")
    assert doctor.packages_finding(file).mend is None


def test_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.sys, "prefix", doctor.sys.base_prefix)
    assert "missing" in doctor.environment_finding(tmp_path).found
    (tmp_path / ".venv").mkdir()
    assert doctor.environment_finding(tmp_path).mend == "run: python -m course_utils setup"
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path / "conda"))
    assert doctor.environment_finding(tmp_path).mend is None


def test_disk():
    assert doctor.disk_finding(0.4).mend == "free at least 1 GB"
    assert doctor.disk_finding(40).mend is None


def test_the_kernel_really_starts():
    assert doctor._kernel_finding() == Finding("kernel", "starts and computes")


def test_the_status_says_whether_anything_is_to_be_mended(monkeypatch, capsys):
    monkeypatch.setattr(
        doctor, "findings", lambda: [Finding("a", "fine"), Finding("b", "bad", "do so")]
    )
    assert doctor.examine() == 1
    assert capsys.readouterr().out == "✓ a: fine\n✗ b: bad\n    do so\n1 to mend.\n"
    monkeypatch.setattr(doctor, "findings", lambda: [Finding("a", "fine")])
    assert doctor.examine() == 0


def test_data_of_the_quick_profile_are_here():
    found = doctor.quick_data_finding()
    assert found.mend is None
    assert "digits-quick" in found.found
    assert "efficientnet-lite0" in found.found


def test_missing_weights_are_told_with_the_mend(monkeypatch):
    from course_utils.data import fetch
    from course_utils.data.errors import DataError

    def find_file(set_name, file_name):
        if set_name == "efficientnet-lite0":
            raise DataError("the weights are not there")

    monkeypatch.setattr(fetch, "find_file", find_file)
    found = doctor.quick_data_finding()
    assert found.found == "the weights are not there"
    assert "course_utils setup" in found.mend


def test_public_data_are_looked_for_without_a_network(monkeypatch):
    from course_utils.data import download, fetch
    from course_utils.data.errors import DataError

    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    asked = []
    monkeypatch.setattr(download, "download", lambda *_: asked.append("web"))

    def find_file(set_name, file_name):
        asked.append(os.environ.get("COURSE_OFFLINE"))
        if set_name != "mnist":
            raise DataError("not there")

    monkeypatch.setattr(fetch, "find_file", find_file)
    found = doctor.public_data_finding()
    assert found.mend is None
    assert found.found.startswith("mnist: here; cifar10, ")
    assert "COURSE_DATA" in found.found
    assert set(asked) == {"1"}
    assert "COURSE_OFFLINE" not in os.environ
