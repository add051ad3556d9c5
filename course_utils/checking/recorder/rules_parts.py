"""Faults of which parts move: frozen ones that do, others that never do."""

from __future__ import annotations

from course_utils.checking.recorder.rule import found, rule
from course_utils.words import listed


@rule("frozen-parameters-move", needs=("frozen",))
def frozen_parameters_move(run):
    """Parameters declared frozen have changed."""
    return _moved(run, "parameters", (
        "Leave them out of what the optimizer steps, and take care that weight decay does not "
        "reach them either."
    ))  # fmt: skip


@rule("frozen-buffers-move", needs=("frozen",))
def frozen_buffers_move(run):
    """Buffers declared frozen have changed: batch norm still in training mode."""
    return _moved(run, "buffers", (
        "No gradient moves a running mean: a forward pass in training mode does. Put the frozen "
        "part into evaluation mode, backbone.eval(), after each net.train()."
    ))  # fmt: skip


def _moved(run, kind, next_step):
    """A finding on all frozen parts of a kind that moved."""
    parts = {name: p for name, p in run.frozen.items() if p.kind == kind and p.moved}
    if not parts:
        return None
    moved = sum(len(part.moved) for part in parts.values())
    of = sum(len(part.first) for part in parts.values())
    examples = listed([str(key) for part in parts.values() for key in sorted(part.moved)][:3])
    still = [p for p in run.frozen.values() if p.kind != kind and not p.moved]
    beside = " The frozen parameters stayed as they were." if kind == "buffers" and still else ""
    return found(
        f"{moved} of {of} frozen {kind} have changed since the start ({examples}"
        f"{', …' if moved > 3 else ''}).{beside}",
        next_step, moved=moved, of=of,
    )  # fmt: skip


@rule("buffers-stand-still", needs=("buffers",))
def buffers_stand_still(run):
    """Running statistics that stop moving: training mode was not switched on again."""
    looks = min(len(checks) for checks in run.moving.values())
    if looks < 3:
        return None
    # The last change of any buffer; it has to be in the last two epochs.
    still = all(checks[-1] == checks[-2] == checks[-3] for checks in run.moving.values())
    if not still:
        return None
    ever = any(len(set(checks)) > 1 for checks in run.moving.values())
    told = "moved in the first epochs and then stopped" if ever else "never moved"
    return found(
        f"The running means and variances {told}: the same at the last {3 if ever else looks} "
        "looks, to the last bit.",
        "Evaluation mode was left on? Call net.train() at the beginning of each epoch, not once "
        "before the loop." if ever else
        "Is the updated mean written back to where it is kept? And is the net in training mode?",
        looks=looks, moved_at_first=ever,
    )  # fmt: skip


@rule("parameters-unchanged", needs=("params", "grads", "steps"))
def parameters_unchanged(run):
    """No parameter ever changes though there are gradients."""
    traces = run.traces.values()
    if any(t.moved for t in traces) or not any(t.gradient_nonzero for t in traces):
        return None
    if len(run.losses) < 3 or any(any(t.updates) for t in traces):
        return None
    return found(
        f"In {len(run.losses):,} steps not one parameter has changed, and the gradients are not "
        "zero: the update is computed and then lost.",
        "`w = w - learning_rate * dw` names a new array; write it back, "
        "params[key] = params[key] - learning_rate * grads[key]. Is the optimizer's step called, "
        "on this net's parameters, with a learning rate that is not 0?",
        steps=len(run.losses),
    )  # fmt: skip


@rule("part-never-stepped", needs=("params", "steps"), unless=("parameters-unchanged",))
def part_never_stepped(run):
    """Some parameters never change, others do: the optimizer was not given all of them."""
    frozen = {key for part in run.frozen.values() for key in part.first}
    still = [key for key, t in run.traces.items()
             if not t.moved and len(t.fingerprints) > 2 and key not in frozen
             and not any(t.updates) and t.gradient_nonzero]  # fmt: skip
    if not still or not any(t.moved for t in run.traces.values()) or len(run.losses) < 3:
        return None
    # One without a gradient is left alone: a frozen part that was not declared.
    last = next(reversed(run.weights), None)
    head = "the head, " if last in still else ""
    return found(
        f"{head.capitalize() or ''}{listed(still[:4])}{' and others' if len(still) > 4 else ''} "
        f"never changed in {len(run.losses):,} steps, while other parameters did.",
        "Give the optimizer the parameters that are to learn: was the new layer made after the "
        "optimizer, or does it hold the frozen ones only?",
        parameters=still,
    )  # fmt: skip
