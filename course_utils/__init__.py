"""The package behind the workbook: layers to build, checks that explain, lessons that run.

Nothing is imported here, so that ``python -m course_utils`` can set up an
environment on a bare Python, before NumPy is installed.
"""

__version__ = "0.1.0"
