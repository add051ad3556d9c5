"""Other files, other processes, the network: an answer that reaches out."""

from tests.workbook.grade.hostile import RIGHT, ROOT, body, case, cells_with

NOTHING = {"3.1": 0.0}


def tried(attempt, told="closed"):
    """An answer that is right only if an attempt fails as it must."""
    lines = "\n".join(f"    {line}" for line in attempt.strip("\n").split("\n"))
    return body(f"try:\n{lines}\nexcept OSError as error:\n    pass\nelse:\n    return 'reached'")


@case("files", "reads the solutions of the course")
def read_solutions(folder):
    path = ROOT / "notebooks" / "solutions" / "03_fully_connected_net.ipynb"
    return tried(f"open({str(path)!r}).read()")


@case("files", "reads the course's own package")
def read_package(folder):
    return tried(f"open({str(ROOT / 'course_utils' / 'nn' / 'layers.py')!r}).read()")


@case("files", "imports the course from where the grader has it", NOTHING, "not lent")
def imported_from_the_repository(folder):
    return body(f"""
import sys
for name in [n for n in sys.modules if n.startswith("course_utils.nn")]:
    del sys.modules[name]
sys.path.insert(0, {str(ROOT)!r})
from course_utils.nn import linear_forward as theirs
return theirs(X, W, b)""")


@case("files", "reads another student's hand-in")
def read_another_hand_in(folder):
    (folder / "another.txt").write_text("an answer", "utf-8")
    return tried(f"open({str(folder / 'another.txt')!r}).read()")


@case("files", "lists the folder of the hand-ins")
def listed_hand_ins(folder):
    return tried(f"import os\nos.listdir({str(folder)!r})")


@case("files", "reads the passwords, the memory and the environment of others")
def read_the_system(folder):
    return body("""
import os
own, above = "proc/self", f"proc/{os.getppid()}"
paths = [f"{p}/{n}" for p in (own, above) for n in ("mem", "environ")]
paths += ["etc/passwd", "etc/shadow"]
for path in (*paths, "root", "home"):
    try:
        os.listdir("/" + path) if "/" not in path else open("/" + path, "rb").read(1)
    except OSError:
        continue
    return path""")


@case("files", "writes beside the hand-ins")
def written_outside(folder):
    return tried(f"open({str(folder / 'owned')!r}, 'w').write('x')")


@case("files", "overwrites, deletes and renames its own hand-in")
def overwritten_hand_in(folder):
    own = str(folder / "overwritten_hand_in.ipynb")
    return body(f"""
import os
for attempt in (lambda: open({own!r}, "w"), lambda: os.remove({own!r}),
                lambda: os.rename({own!r}, {own!r} + "2"), lambda: os.truncate({own!r}, 0)):
    try:
        attempt()
    except OSError:
        continue
    return "reached"
""")


@case("files", "changes rights, owner and time of its own hand-in")
def changed_rights(folder):
    own = str(folder / "changed_rights.ipynb")
    return body(f"""
import os
for attempt in (lambda: os.chmod({own!r}, 0o777), lambda: os.utime({own!r}, (1, 1)),
                lambda: os.chown({own!r}, 1, 1), lambda: os.setxattr({own!r}, "user.a", b"1")):
    try:
        attempt()
    except OSError:
        continue
    return "reached"
""")


@case("files", "makes links and devices out of its scratch folder")
def linked(folder):
    return body(f"""
import os
for attempt in (lambda: os.symlink("/etc/passwd", "s"), lambda: os.link({__file__!r}, "h"),
                lambda: os.mkfifo("f"), lambda: os.mknod("n")):
    try:
        attempt()
    except OSError:
        continue
    return "reached"
""")


@case("files", "writes a little into its scratch folder, which it may")
def scratch_file(folder):
    return body("open('notes.txt', 'w').write('x')\nassert open('notes.txt').read() == 'x'")


@case("files", "fills the disk with many files", NOTHING, "files")
def filled_disk(folder):
    return body("""
count = 0
while True:
    count += 1
    open(f"{count}.bin", "wb").write(b"x" * 100_000)""")


@case("files", "makes folders within folders, 1,200 deep", NOTHING, "files")
def nested_folders(folder):
    return body("""
import os
for _ in range(1200):
    os.mkdir("d")
    os.chdir("d")""")


@case("files", "writes one file without end", NOTHING, "File too large|too large")
def one_long_file(folder):
    return body("""
with open("long.bin", "wb") as file:
    while True:
        file.write(b"x" * 1_000_000)""")


@case("network", "opens a socket to the outside")
def opened_socket(folder):
    return tried("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)")


@case("network", "asks for a name and a page")
def asked_for_a_page(folder):
    return tried("import urllib.request\nurllib.request.urlopen('http://example.org', timeout=1)")


@case("network", "opens a socket of the machine itself, and a pair")
def local_sockets(folder):
    return body("""
import socket
for attempt in (lambda: socket.socket(socket.AF_UNIX), lambda: socket.socketpair(),
                lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW)):
    try:
        attempt()
    except OSError:
        continue
    return "reached"
""")


@case("processes", "forks without end")
def fork_bomb(folder):
    return body("""
import os
for _ in range(10_000):
    try:
        os.fork()
    except OSError:
        continue
    return "reached"
""")


@case("processes", "starts threads without end")
def thread_bomb(folder):
    return body("""
import threading
for _ in range(1000):
    try:
        threading.Thread(target=lambda: None).start()
    except RuntimeError:
        continue
    return "reached"
""")


@case("processes", "runs other programs")
def other_programs(folder):
    return body("""
import os, subprocess
for attempt in (lambda: subprocess.run(["true"]), lambda: os.execv("/bin/true", ["true"]),
                lambda: os.posix_spawn("/bin/true", ["true"], {})):
    try:
        attempt()
    except OSError:
        continue
    return "reached"
if os.system("true") == 0:
    return "reached"
""")


@case("processes", "kills the grader, its group and everybody")
def killed_grader(folder):
    return body("""
import os, signal
for number in (os.getppid(), -os.getppgid() if hasattr(os, "getppgid") else 0, -1, 1):
    try:
        os.kill(number, signal.SIGKILL)
    except OSError:
        continue
    return "reached"
""")


@case("processes", "kills the grader by way of a pipe that signals its owner")
def killed_by_a_pipe(folder):
    return body("""
import fcntl, os
for number in range(3, 30):
    for command, value in ((8, os.getppid()), (10, 9)):
        try:
            fcntl.fcntl(number, command, value)
        except OSError:
            continue
        return "reached"
""")


@case("processes", "looks into the grader's memory and traces it")
def traced_grader(folder):
    return body("""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, os.getppid(), 0, 0) == 0:
    return "reached"
if libc.syscall(310, os.getppid(), 0, 0, 0, 0, 0) == 0:
    return "reached"
if libc.mount(b"none", b"/", b"tmpfs", 0, None) == 0 or libc.unshare(0x10000000) == 0:
    return "reached"
""")


@case("processes", "takes the limits off again")
def limits_off(folder):
    return body("""
import resource
for which in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
    try:
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        continue
    return "reached"
""")


@case("processes", "ends the process", NOTHING, "ended the program itself")
def ended_at_once(folder):
    return body("import os\nos._exit(0)")


@case("processes", "breaks down in C", NOTHING, "segmentation fault")
def segmentation_fault(folder):
    return body("import ctypes\nctypes.string_at(0)")


@case("processes", "aborts", NOTHING, "signal")
def aborted(folder):
    return body("import os\nos.abort()")


@case("processes", "one answer breaks down, and those after it are graded", {"3.3": 0.0}, "ended")
def broken_in_the_middle(folder):
    wrong = RIGHT["relu_forward"].replace("return", "import os; os._exit(3)\n    return")
    return cells_with(RIGHT["linear_forward"], relu_forward=wrong)
