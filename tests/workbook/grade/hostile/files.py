"""Files that are no plain notebooks: archives, links, sizes, names."""

import io
import json
import os
import stat
import struct
import zipfile

from tests.workbook.grade.hostile import RIGHT, ROOT, case, cells_with, notebook, written

TEXT = json.dumps(notebook(cells_with(RIGHT["linear_forward"])))


def zipped(folder, name, entries, kind=zipfile.ZIP_DEFLATED):
    path = folder / name
    with zipfile.ZipFile(path, "w", kind) as archive:
        for entry, text in entries:
            archive.writestr(entry, text)
    return path


@case("archives", "the zip that submit makes")
def plain_zip(folder):
    return zipped(folder, "plain.zip", [("a.ipynb", TEXT), ("hand_in.json", "{}")])


@case("archives", "a zip from a Mac, with its hidden files")
def zip_of_a_mac(folder):
    entries = [("a.ipynb", TEXT), ("__MACOSX/._a.ipynb", "x"), (".DS_Store", "x")]
    return zipped(folder, "mac.zip", entries)


@case("archives", "a bomb: a few kilobytes that unpack to 200 MB", error="unpacked")
def zip_bomb(folder):
    return zipped(folder, "bomb.zip", [("a.ipynb", b"0" * 200_000_000)])


@case("archives", "a bomb that lies about its size", error="unpacked|damaged")
def lying_bomb(folder):
    path = zipped(folder, "lie.zip", [("a.ipynb", b"0" * 20_000_000)])
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    data[22:26] = struct.pack("<I", 1000)
    path.write_bytes(data)
    return path


@case("archives", "ten thousand files", error="10,000 files")
def crowded_zip(folder):
    return zipped(folder, "crowd.zip", [(f"{i}.txt", "") for i in range(10_000)])


@case("archives", "a path that leads out of the folder", error="not allowed")
def path_out(folder):
    return zipped(folder, "out.zip", [("../../a.ipynb", TEXT)])


@case("archives", "an absolute path", error="not allowed")
def absolute_path(folder):
    return zipped(folder, "abs.zip", [("/a.ipynb", TEXT)])


@case("archives", "a symbolic link in the zip", error="symbolic link")
def link_in_zip(folder):
    info = zipfile.ZipInfo("a.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(folder, "link.zip", [(info, "/etc/passwd")])


@case("archives", "two notebooks in the zip", error="2 notebooks")
def two_notebooks(folder):
    return zipped(folder, "two.zip", [("a.ipynb", TEXT), ("b.ipynb", TEXT)])


@case("archives", "no notebook in the zip", error="0 notebooks")
def no_notebook(folder):
    return zipped(folder, "none.zip", [("a.txt", "x")])


@case("archives", "a damaged zip", error="damaged")
def damaged_zip(folder):
    path = zipped(folder, "damaged.zip", [("a.ipynb", TEXT)])
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(data)
    return path


@case("archives", "a file called zip that is none", error="not a zip")
def no_zip(folder):
    (folder / "no.zip").write_text(TEXT, "utf-8")
    return folder / "no.zip"


@case("archives", "a zip in a zip", error="0 notebooks")
def zip_in_zip(folder):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.ipynb", TEXT)
    return zipped(folder, "nested.zip", [("inner.zip", inner.getvalue())])


@case("links", "a link to the solutions", error="symbolic link")
def link_to_solutions(folder):
    path = folder / "link.ipynb"
    path.symlink_to(ROOT / "notebooks" / "solutions" / "03_fully_connected_net.ipynb")
    return path


@case("links", "a folder that is a link", error="symbolic link")
def linked_folder(folder):
    (folder / "ada").symlink_to(ROOT / "notebooks" / "solutions")
    return folder / "ada" / "03_fully_connected_net.ipynb"


@case("links", "a pipe that never ends", error="no ordinary file")
def named_pipe(folder):
    os.mkfifo(folder / "pipe.ipynb")
    return folder / "pipe.ipynb"


@case("links", "a folder called like a notebook", error="no ordinary file|cannot be read")
def folder_as_notebook(folder):
    (folder / "dir.ipynb").mkdir()
    return folder / "dir.ipynb"


@case("sizes", "a notebook of 3 MB where 2 are allowed", error="more than 2 MB")
def large_file(folder):
    return written(folder / "large.ipynb", [*cells_with(""), "#" + "x" * 3 * 2**20])


@case("names", "a name in Greek and Chinese, with spaces and a line end")
def odd_name(folder):
    return written(folder / "Ωμέγα 学生 \n=1+1.ipynb", cells_with(RIGHT["linear_forward"]))
