"""What turns lesson sources into notebooks, runs them and tests them.

Nothing is imported here: the command line starts on a bare Python, before the
packages that the other modules need are installed.
"""
