"""How well a captioner knows the next word, given the true ones before."""

from .caption_loss import shift_captions
from .evaluation import examples, prepared
from .sequence_losses import temporal_softmax_forward

CAPTIONS_AT_ONCE = 100  # the scores of all words at all places need memory


def evaluate_captions(net, split, prepare=None, batch_size=CAPTIONS_AT_ONCE):
    """Measure loss and accuracy of a captioner; fit takes it as measure.

    Args:
        net: has logits(features, inputs) -> (N, T, V) and null, such as a CaptionNet.
        split: features, (N, ...), and tokens, (N, L), as a pair.
        prepare: a function that turns a batch of features into floats; None leaves it.
        batch_size: captions at a time; it bounds the memory.

    Returns:
        The loss, nats, summed over a caption's words and averaged over captions, and the
        share of next words, ends included, that are the likeliest.

    Raises:
        ValueError: no captions, or features and tokens of different lengths.
    """
    X, tokens = examples("split", split)
    total, right, words = 0.0, 0, 0
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        inputs, targets, mask = shift_captions(tokens[rows], net.null)
        Z = net.logits(prepared(X[rows], prepare), inputs)  # (N, T, V)
        loss, _ = temporal_softmax_forward(Z, targets, mask)
        total += float(loss) * len(Z)
        right += int((Z.argmax(axis=2) == targets)[mask].sum())
        words += int(mask.sum())
    return total / len(X), right / words
