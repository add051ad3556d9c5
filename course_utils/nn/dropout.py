"""Inverted dropout: silence entries at random while training, leave all in place afterwards."""

from ._checks import expect_floats, expect_generator, expect_shape


def dropout_forward(X, keep, rng, *, training=True):
    """Set each entry to zero with probability 1 - keep, and divide the others by keep.

    Args:
        X: any shape, float.
        keep: probability to keep an entry, above 0 and at most 1.
        rng: numpy.random.Generator; not asked, and may be None, when training is False.
        training: False returns X as it is: the division has kept the expected value.

    Returns:
        Y, a new array of the shape of X, and the cache: 0 or 1 / keep for each entry, or
        None when training is False. A NaN stays a NaN, to be noticed.

    Raises:
        TypeError: X does not hold floats, or rng is no Generator.
        ValueError: keep out of range.

    Source:
        Srivastava et al., Dropout, JMLR 2014; divided while training, so that nothing is
        left to do afterwards. An entry is kept where rng.random(X.shape) < keep, in
        float64, so float32 and float64 inputs meet the same mask.
    """
    expect_floats("X", X)
    if not 0 < keep <= 1:
        raise ValueError(
            f"keep: expected the probability to keep, above 0 and at most 1, got {keep!r}; "
            "a share to drop p is keep = 1 - p"
        )
    if not training:
        return X.copy(), None
    expect_generator(rng)
    kept = rng.random(X.shape) < keep
    mask = kept.astype(X.dtype) / float(keep)
    return X * mask, mask


def dropout_backward(dY, cache):
    """Let the gradient through where the input was kept, scaled as the input was.

    Args:
        dY: gradient of the loss with respect to Y, the shape of X, float.
        cache: from dropout_forward.

    Returns:
        dX, the shape of X, a new array.

    Raises:
        ValueError: dY does not have the shape of X.

    Source:
        dX = dY * mask, the mask of the way there.
    """
    mask = cache
    if mask is None:
        return dY.copy()
    expect_shape("dY", dY, mask.shape, "the shape of X")
    return dY * mask
