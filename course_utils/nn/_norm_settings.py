"""Pointed errors for what the norms are given."""

from ._checks import expect_floats, expect_shape


def expect_rows(X, instead):
    """Refuse anything but rows of floats.

    Args:
        X: expected (N, D), float.
        instead: the end of the message: what to do with more axes.

    Raises:
        TypeError: X does not hold floats.
        ValueError: another number of axes.
    """
    expect_floats("X", X)
    if X.ndim > 2:
        raise ValueError(f"X: expected (N, D), got {X.shape}; {instead}")
    expect_shape("X", X, (None, None), "(N, D)")


def expect_statistics(size, letter, gamma, beta, running=None):
    """Refuse parameters and running statistics that are not one float for each column.

    Args:
        size: how many columns there are.
        letter: the same as a letter of the lesson.
        gamma: expected (size,), float.
        beta: expected (size,), float.
        running: expected {"mean": (size,), "var": (size,)}, float; None where there is none.

    Raises:
        TypeError: something does not hold floats.
        ValueError: another shape, or a key that is missing.
    """
    vectors = {"gamma": gamma, "beta": beta}
    if running is not None:
        for key in ("mean", "var"):
            if not isinstance(running, dict) or key not in running:
                raise ValueError(
                    f'running: expected a dict with "mean" and "var", found no "{key}"; '
                    f'start with {{"mean": np.zeros({letter}), "var": np.ones({letter})}}'
                )
            vectors[f'running["{key}"]'] = running[key]
    for name, vector in vectors.items():
        expect_floats(name, vector)
        expect_shape(name, vector, (size,), f"({letter},)", f"with {letter} = {size} from X")


def plain_settings(momentum, eps):
    """Make plain floats of the settings: these keep float32 what it is.

    Args:
        momentum: expected 0 to 1.
        eps: expected at least 0.

    Returns:
        Both as float.

    Raises:
        ValueError: one of them out of range.
    """
    if not 0 <= momentum <= 1:
        raise ValueError(f"momentum: expected a share from 0 to 1, got {momentum!r}")
    if not eps >= 0:
        raise ValueError(f"eps: expected a small number, at least 0, got {eps!r}")
    return float(momentum), float(eps)
