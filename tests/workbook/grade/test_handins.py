"""Finding hand-ins: whose a file is, which of several counts, and what is never looked at."""

import os
import socket
import unicodedata

import pytest

from course_utils.workbook.grade.choose import by_lesson
from course_utils.workbook.grade.handins import find_hand_ins, shown_name
from course_utils.workbook.project import WorkbookError

LESSON = "03_fully_connected_net"


def put(folder, *paths):
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(os.fsencode(path))


def students(folder, **options):
    return [h.student for h in find_hand_ins(folder, lessons=[LESSON], **options).hand_ins]


def chosen(folder, lesson_of=lambda file: LESSON, lesson=""):
    return by_lesson(find_hand_ins(folder, lessons=[LESSON]), lesson_of, lesson)


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("maria/03.ipynb", "maria"),
        ("maria/deep/er/03.ZIP", "maria"),
        ("maria silva.ipynb", "maria silva"),
        ("maria_silva.ipynb", "maria_silva"),
        (f"maria_{LESSON}.ipynb", "maria"),
        (f"maria_hand_in_{LESSON}.zip", "maria"),
        (f"maria - {LESSON} (2).ipynb", "maria"),
        (f"{LESSON}.ipynb", LESSON),
        # Canvas: name, number of the person, number of the file, the file's own name
        (f"silvamaria_12345_678_{LESSON}-1.ipynb", "silvamaria_12345"),
        ("silvamaria_LATE_12345_678_net.ipynb", "silvamaria_12345"),
        # Moodle, in folders and without
        ("Maria Silva_4711_assignsubmission_file_/net.ipynb", "Maria Silva_4711"),
        ("Maria Silva_4711_assignsubmission_file/net.ipynb", "Maria Silva_4711"),
        ("Maria Silva_4711_assignsubmission_file_net.ipynb", "Maria Silva_4711"),
    ],
)
def test_whose_a_file_is(tmp_path, path, student):
    put(tmp_path, path)
    assert students(tmp_path) == [student]


def test_the_mark_of_lateness_is_a_remark(tmp_path):
    put(tmp_path, "silvamaria_LATE_12345_678_net.ipynb", "latelate_12_34_LATE.ipynb")
    remarks = {h.student: h.remarks for h in find_hand_ins(tmp_path).hand_ins}
    assert remarks["silvamaria_12345"] == ("handed in late, says Canvas",)
    assert remarks["latelate_12"] == ()


def test_what_no_student_made_is_passed_over_and_listed(tmp_path):
    put(
        tmp_path, "a/03.ipynb", "a/.ipynb_checkpoints/03-checkpoint.ipynb", "a/.hidden.ipynb",
        "__MACOSX/a/._03.ipynb", "a/__MACOSX/x.ipynb", "a/notes.txt", "a/essay.pdf",
        "readme.md", ".DS_Store", "b_12_assignsubmission_onlinetext_/onlinetext.html",
    )  # fmt: skip
    found = find_hand_ins(tmp_path)
    assert [h.path for h in found.hand_ins] == ["a/03.ipynb"]
    assert [path for path, why in found.passed_over] == sorted(
        ["a/.ipynb_checkpoints", "a/.hidden.ipynb", "__MACOSX", "a/__MACOSX", "a/notes.txt",
         "a/essay.pdf", "readme.md", ".DS_Store", "b_12_assignsubmission_onlinetext_/"]
    )  # fmt: skip
    assert all(why for path, why in found.passed_over)


def test_links_are_never_followed(tmp_path):
    outside = tmp_path / "outside"
    put(outside, "secret.ipynb")
    folder = tmp_path / "in"
    put(folder, "a/03.ipynb")
    (folder / "b").symlink_to(outside)
    (folder / "c.ipynb").symlink_to(outside / "secret.ipynb")
    (folder / "a" / "d.ipynb").symlink_to(outside / "secret.ipynb")
    (folder / "a" / "round").symlink_to(folder)
    found = find_hand_ins(folder)
    assert [h.path for h in found.hand_ins] == ["a/03.ipynb"]
    told = dict(found.passed_over)
    assert set(told) == {"b", "c.ipynb", "a/d.ipynb", "a/round"}
    assert set(told.values()) == {"a link; links are not followed"}


def test_pipes_and_sockets_are_not_opened(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "pipe.ipynb")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.ipynb")
        found = find_hand_ins(tmp_path)
    assert [(h.student, h.file) for h in found.hand_ins] == [("a", None)]
    assert {why for _, why in found.passed_over} == {"no ordinary file"}


def test_a_student_with_an_empty_folder_is_not_forgotten(tmp_path):
    (tmp_path / "zoe").mkdir()
    put(tmp_path, "adam/03.ipynb", "eve/only.txt")
    assert [(h.student, bool(h.file)) for h in find_hand_ins(tmp_path).hand_ins] == [
        ("adam", True), ("eve", False), ("zoe", False),
    ]  # fmt: skip


def test_names_that_look_the_same_are_kept_apart(tmp_path):
    composed = unicodedata.normalize("NFC", "José")
    taken_apart = unicodedata.normalize("NFD", "José")
    put(tmp_path, f"{composed}/03.ipynb", f"{taken_apart}/03.ipynb", "Ann/03.ipynb")
    found = find_hand_ins(tmp_path).hand_ins
    assert len({h.slug for h in found}) == 3
    told = [bool(h.remarks) for h in found]
    assert sorted(told) == [False, True, True]


def test_names_fit_for_a_page_and_a_file(tmp_path):
    put(tmp_path, "\u202egnp.ipynb", "Ωmega ☃/1.ipynb", "a\nb/1.ipynb")
    name = os.fsdecode(b"caf\xe9")  # not UTF-8
    put(tmp_path, f"{name}/1.ipynb")
    found = find_hand_ins(tmp_path).hand_ins
    assert {h.student for h in found} == {"\\u202egnp", "Ωmega ☃", "a\\nb", "caf\\udce9"}
    assert all(h.slug.isascii() and h.slug.replace("-", "").isalnum() for h in found)
    assert all("".join(h.path).isprintable() for h in found)
    assert shown_name("plain é 漢字") == "plain é 漢字"


def test_the_order_does_not_depend_on_the_disk(tmp_path):
    names = ["b10", "b9", "a", "C"]
    for folder, order in (("x", names), ("y", names[::-1])):
        for name in order:
            put(tmp_path / folder, f"{name}.ipynb")
    assert students(tmp_path / "x") == students(tmp_path / "y") == ["a", "b9", "b10", "C"]


def test_a_folder_of_results_inside_is_not_read(tmp_path):
    put(tmp_path, "a/1.ipynb", "grades/students/x.ipynb")
    assert students(tmp_path, skip=tmp_path / "grades") == ["a"]


@pytest.mark.parametrize(
    ("files", "graded"),
    [
        (["net.ipynb", "net-1.ipynb", "net-2.ipynb"], "net-2.ipynb"),
        (["net-2.ipynb", "net-10.ipynb"], "net-10.ipynb"),
        (["net.ipynb", "net (1).ipynb"], "net (1).ipynb"),
        (["net.ipynb", "net-Copy1.ipynb"], "net-Copy1.ipynb"),
        (["draft9.ipynb", "final.ipynb"], "final.ipynb"),
        (["net.ipynb", "net.zip"], "net.zip"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_last_by_name_counts_and_a_remark_names_the_others(tmp_path, files, graded, turned):
    put(tmp_path, *(f"maria/{name}" for name in (files[::-1] if turned else files)))
    os.utime(tmp_path / "maria" / files[0], (2e9, 2e9))  # a date tells nothing
    (made,) = chosen(tmp_path)
    (hand_in,) = made.hand_ins
    assert hand_in.path == f"maria/{graded}"
    (remark,) = hand_in.remarks
    assert all(f"maria/{name}" in remark for name in files)
    assert [path for path, _ in made.passed_over] == sorted(
        f"maria/{name}" for name in files if name != graded
    )


def by_start(file):
    return {"03": LESSON, "02": "02_linear_classifiers"}.get(file.name[:2], "")


def test_each_lesson_has_its_own_set(tmp_path):
    put(tmp_path, "ann/03.ipynb", "ann/02.ipynb", "bob/03.ipynb", "eve/02.ipynb", "kim/what.ipynb")
    (tmp_path / "zoe").mkdir()
    two, three = chosen(tmp_path, by_start)
    assert [(h.student, h.path) for h in two.hand_ins] == [
        ("ann", "ann/02.ipynb"), ("eve", "eve/02.ipynb"), ("kim", "kim/what.ipynb"), ("zoe", ""),
    ]  # fmt: skip
    assert [h.path for h in three.hand_ins] == ["ann/03.ipynb", "bob/03.ipynb"]
    assert ("ann/03.ipynb", f"answers {LESSON}") in two.passed_over


def test_of_a_chosen_lesson_every_student_has_a_row(tmp_path):
    put(tmp_path, "ann/03.ipynb", "ann/zz_broken.ipynb", "eve/02.ipynb", "kim/what.ipynb")
    (made,) = chosen(tmp_path, by_start, LESSON)
    assert [(h.student, h.path) for h in made.hand_ins] == [
        ("ann", "ann/03.ipynb"), ("eve", ""), ("kim", "kim/what.ipynb"),
    ]  # fmt: skip
    assert "eve/02.ipynb answers 02_linear_classifiers" in made.hand_ins[1].remarks[0]


def test_a_folder_in_which_nothing_tells_its_lesson_asks_for_it(tmp_path):
    put(tmp_path, "kim/what.ipynb")
    with pytest.raises(WorkbookError, match="--lesson 03"):
        chosen(tmp_path, lambda file: "")
