"""Grade hand-ins: the answers run in a locked child process, the verdicts are made outside it."""
