"""An optimizer that takes smaller steps below: one group of parameters for each part."""

from course_utils.nn import depth_rates
from course_utils.torchlab.optimizers import make_optimizer

from .net import HEAD


def rates_by_depth(parts, learning_rate, below=1.0, body=1.0):
    """Give each part its learning rate, the smaller the nearer it is to the picture.

    The first layers of a pretrained net see edges and colours, which any pictures have; the
    last ones see what the source task was about. So the first need to change least.

    Args:
        parts: names from the picture to the logits, such as TransferNet.parts.
        learning_rate: that of the head, which is last.
        below: the factor from each part to the one below it, above 0 and at most 1; 1 for
            the same rate everywhere.
        body: the factor from the head to the part below it, besides.

    Returns:
        {part: learning rate}.

    Raises:
        ValueError: a factor out of range.

    Source:
        Howard and Ruder, Universal language model fine-tuning for text classification,
        ACL 2018, section 3.2 (their factor is 1 / 2.6).
    """
    for name, factor in (("below", below), ("body", body)):
        if not 0 < factor <= 1:
            raise ValueError(
                f"{name}: expected a factor above 0 and at most 1, got {factor!r}; layers "
                "below the head are to learn more slowly, not faster"
            )
    rates = depth_rates.rates_by_depth(len(parts), learning_rate, below).tolist()
    return {
        name: rate if name == HEAD else body * rate for name, rate in zip(parts, rates, strict=True)
    }


def optimizer_by_depth(net, rule, rates, weight_decay=0.0):
    """Make an optimizer for a TransferNet with a learning rate for each part.

    The penalty weight_decay * sum W^2 is put into the optimizer and not into the loss, so
    that it leaves alone what is frozen.

    Args:
        net: a TransferNet; parts that are frozen now but may be thawed belong to it too.
        rule: as for make_optimizer.
        rates: {part: learning rate}, what rates_by_depth gives; the parts to train.
        weight_decay: strength of the course's L2 penalty, on weights only; for "adamw" its
            own decoupled weight decay.

    Returns:
        A torch.optim.Optimizer. Its groups are named by their part, the head's first: that
        is the rate which a History shows.

    Raises:
        ValueError: no parts, a rule that is not known, a rate or strength out of range.
    """
    if not rates:
        raise ValueError("rates: expected a part to train, got none; all frozen?")
    if not 0 <= weight_decay < float("inf"):
        raise ValueError(f"weight_decay: expected 0 or more, got {weight_decay!r}")
    optimizer = make_optimizer(net, rule, max(rates.values()))
    optimizer.param_groups.clear()  # its rule and settings are what is wanted
    # PyTorch's own weight_decay adds its multiple of W to the gradient: that of
    # weight_decay / 2 * sum W^2. AdamW shrinks W instead, and needs no factor.
    strength = weight_decay if rule == "adamw" else 2 * weight_decay
    for name in sorted(rates, key=net.parts.index, reverse=True):
        every = net.parameters_of(name)
        weights, others = [p for p in every if p.ndim >= 2], [p for p in every if p.ndim < 2]
        for params, decay in ((weights, strength), (others, 0.0)):
            if params:
                group = {"params": params, "lr": rates[name], "weight_decay": decay, "part": name}
                optimizer.add_param_group(group)
    return optimizer
