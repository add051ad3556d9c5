"""All that a net remembers: parameters, buffers such as running means, its own generator.

A net needs no more than `params`. One with batch norm has `buffers` beside them, a dict of
arrays that training changes without gradients; one with dropout has a `generator`.
"""


def arrays_of(net):
    """Collect the arrays that a net's answers depend on.

    Args:
        net: has params, maybe buffers.

    Returns:
        {key: array}, the arrays themselves.
    """
    return {**net.params, **getattr(net, "buffers", {})}


def copy_arrays(net):
    """Copy what arrays_of collects.

    Args:
        net: has params, maybe buffers.

    Returns:
        {key: array}, new arrays.
    """
    return {key: w.copy() for key, w in arrays_of(net).items()}


def set_arrays(net, arrays):
    """Put copied arrays back, each where it came from.

    Args:
        net: has params, maybe buffers.
        arrays: {key: array}, what copy_arrays gave; copied once more.
    """
    for key, w in arrays.items():
        home = net.params if key in net.params else net.buffers
        home[key] = w.copy()


def generator_state(net):
    """Where a net's own generator stands.

    Args:
        net: any net.

    Returns:
        The state, or None where there is no generator.
    """
    generator = getattr(net, "generator", None)
    return None if generator is None else generator.bit_generator.state


def set_generator_state(net, state):
    """Set a net's own generator to where it stood.

    Args:
        net: any net.
        state: what generator_state gave.
    """
    if state is not None:
        net.generator.bit_generator.state = state
