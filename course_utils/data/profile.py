"""The one switch of the course: small data at once, or the public data sets."""

from __future__ import annotations

import difflib
import os

PROFILES = ("quick", "full")


def resolve_profile(profile: str | None = None) -> str:
    """Decide which profile is meant.

    Args:
        profile: "quick" or "full"; None means the environment variable
            COURSE_PROFILE, and "quick" where that is not set or empty.

    Returns:
        "quick" (data that come with the installation, no network) or "full"
        (the public data sets).

    Raises:
        ValueError: any other value; the message says where it came from.
    """
    origin = "profile"
    if profile is None:
        origin = "the environment variable COURSE_PROFILE"
        profile = os.environ.get("COURSE_PROFILE", "").strip() or "quick"
    name = profile.strip().lower() if isinstance(profile, str) else profile
    if name in PROFILES:
        return name
    near = difflib.get_close_matches(str(name), PROFILES, n=1)
    hint = f"; meant {near[0]!r}?" if near else ""
    raise ValueError(f"{origin}: expected 'quick' or 'full', got {profile!r}{hint}")
