"""``python -m course_utils COMMAND``: needs nothing but Python.

Written so that an old Python can read this file and be told what is missing.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - told, not assumed
    sys.exit(
        "Python 3.10 or newer is needed, this is %d.%d (%s).\n"  # noqa: UP031 - for old Pythons
        "Install one from https://www.python.org/downloads/ and call it by name, for example:\n"
        "  python3.12 -m course_utils setup      (or: make PYTHON=python3.12 run)"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from course_utils.workbook.cli import main

if __name__ == "__main__":
    sys.exit(main(bootstrapping=True))
