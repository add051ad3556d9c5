"""Why a download failed, in words a student can act on."""

from __future__ import annotations

# The libraries below wrap each other's errors three deep and differ between
# versions, so the text of the whole chain is searched, most telling sign first.
_SIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("NameResolutionError", "Failed to resolve", "gaierror", "Name or service not known"),
        "the server's name could not be found: no network?",
    ),
    (
        ("ProxyError", "Tunnel connection failed"),
        "the network's proxy did not let the request through",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLError", "SSLCertVerificationError"),
        "the secure connection failed (certificate): a filter of the network, or a wrong clock?",
    ),
    (
        ("IncompleteRead", "ChunkedEncodingError", "Connection broken"),
        "the transfer broke off before the end of the file",
    ),
    (("Connection refused", "actively refused"), "connection refused"),
    (("Network is unreachable", "No route to host"), "no network: the server cannot be reached"),
    (("Connection aborted", "reset by peer"), "the connection was cut"),
)


def explain(error: BaseException) -> str:
    """Say in one line why a request failed.

    Args:
        error: what the download raised.

    Returns:
        The end of a sentence that starts with the address.
    """
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 404:
        return "the server answers 404: the file is no longer at this address"
    if status is not None:
        reason = getattr(error.response, "reason", None) or "no reason given"
        return f"the server answers {status} ({reason})"
    text = " ".join(f"{type(part).__name__}: {part}" for part in _chain(error))
    if "timed out" in text.lower() or "Timeout" in text:
        return "no answer in time: no network, or a very slow one?"
    for signs, words in _SIGNS:
        if any(sign in text for sign in signs):
            return words
    return f"{type(error).__name__}: {error}"


def _chain(error: BaseException | None) -> list[BaseException]:
    """An error and those it came from."""
    parts: list[BaseException] = []
    while error is not None and error not in parts:
        parts.append(error)
        error = error.__cause__ or error.__context__
    return parts
