"""What stands below the tables about captions, from runs whose numbers are known."""

import re
from types import SimpleNamespace

from course_utils.nn.history import COLUMNS, History
from course_utils.workbook.results import Figure
from course_utils.workbook.results.caption_closings import beside_controls, loss_every_ten
from course_utils.workbook.results.closings import Closing
from course_utils.workbook.results.table import Row

ORDERS = (1, 2, 3, 4)


def row(what, configuration, *values, finished=True):
    runs = [
        SimpleNamespace(seed=seed, finished=finished, configuration=configuration, values=one)
        for seed, one in enumerate(values)
    ]
    return Row(Figure("goal", what, "m", configuration, None), "", runs)


def bleu(name, first, words=9.0, different=500):
    """BLEU-n is first / n."""
    told = {f"{name}_bleu_{n}": first / n for n in ORDERS}
    return told | {f"{name}_words": words, f"{name}_different": different}


def history():
    made = History()
    for epoch in range(3):
        made.append(**(dict.fromkeys(COLUMNS, 0.5) | {"epoch": epoch, "train_loss": 90.0 - epoch}))
    return made.to_dict()


def trained(shift, alpha):
    """One run of a captioner; a shift of all its scores, and the alpha that was chosen."""
    found = [
        {"width": width, "alpha": a, "beam_bleu_4": 0.1 + width / 100 + a / 50 + shift,
         "beam_words": 10 - width / 10}
        for width, a in [(0, 0.0), *((w, a) for w in (1, 5, 10) for a in (0.0, 0.7))]
    ]  # fmt: skip
    return {
        **bleu("test", 0.6 + shift), **bleu("test_beam", 0.62 + shift),
        **bleu("test_other", 0.35 + shift, different=499), "beams": found, "beam_alpha": alpha,
        "history": history(),
    }  # fmt: skip


def tables(**more):
    settings, shuffled = {"beam": 5}, {"beam": 0, "shuffled": True}
    own = [
        row("greedy, BLEU-1", settings, trained(0.0, 0.7), trained(0.02, 0.0)),
        row("greedy, BLEU-4", settings, trained(0.0, 0.7), trained(0.02, 0.0)),
        row("shuffled, BLEU-4", shuffled, {**bleu("test", 0.45, different=3), "history": {}}),
    ]
    others = [
        row("the nearest, with a comma, BLEU-4", {"how": "nearest"}, bleu("test", 0.40)),
        row("commonest, BLEU-4", {"how": "commonest"}, bleu("test", 0.2, 5.0, 1)),
    ]
    return {"own": own, "others": others} | more


def cells(paragraph):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in paragraph.splitlines()]


def test_scores_margins_beams_and_epochs_stand_below_the_captioner():
    scores, margins, beams, told, seed, epochs = beside_controls("own", "others")(
        tables()
    ).paragraphs
    head, _, *lines = cells(scores)
    assert head[1:] == ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "words", "different captions"]
    assert [line[0] for line in lines] == [
        "greedy", "beam of 5", "its captions, of other pictures",
        "trained on shuffled pictures, greedy", "the nearest, with a comma", "commonest",
    ]  # fmt: skip
    assert lines[0][1:] == ["0.6100", "0.3050", "0.2033", "0.1525", "9.0", "500"]
    assert lines[1][1] == "0.6300"
    assert lines[2][1] == "0.3600"
    assert lines[2][6] == "499"
    assert lines[3][1:] == ["0.4500", "0.2250", "0.1500", "0.1125", "9.0", "3"]
    assert lines[5][4:] == ["0.0500", "5.0", "1"]
    assert "in BLEU-1 +0.1600 from the best of them (trained on shuffled pictures" in margins
    assert "in BLEU-4 +0.0400 from" in margins
    head, _, *lines = cells(beams)
    assert head == ["on the validation pictures", "alpha 0", "alpha 0.7"]
    assert lines == [
        ["greedy", "0.1100 (10.0)", "0.1100 (10.0)"],
        ["beam of 1", "0.1200 (9.9)", "0.1340 (9.9)"],
        ["beam of 5", "0.1600 (9.5)", "0.1740 (9.5)"],
        ["beam of 10", "0.2100 (9.0)", "0.2240 (9.0)"],
    ]
    assert "has alpha 0 or 0.7, by this table" in told
    assert "seed 0" in seed
    assert [line.split()[:2] for line in epochs.splitlines()[2:5]] == [
        ["0", "90.0000"], ["1", "89.0000"], ["2", "88.0000"],
    ]  # fmt: skip


def test_the_captioner_may_be_below_a_control_and_that_is_said():
    others = [row("the nearest, BLEU-4", {"how": "nearest"}, bleu("test", 0.9))]
    margins = beside_controls("own", "others")(tables(others=others)).paragraphs[1]
    assert "in BLEU-1 -0.2900 from the best of them (the nearest)" in margins


def test_without_controls_only_what_is_there_is_told():
    waiting = [row("the nearest, BLEU-4", {"how": "nearest"}, {}, finished=False)]
    paragraphs = beside_controls("own", "others")(tables(others=waiting)).paragraphs
    assert paragraphs[0].startswith("| on the validation pictures")
    assert not any("controls" in one for one in paragraphs)
    for missing in ([row("greedy, BLEU-1", {"beam": 5}, {}, finished=False)], []):
        assert beside_controls("own", "others")(tables(own=missing)) == Closing()


def heart(cell, words, *losses, said=1.0, standardised=True, V=20):
    own = {"cell": cell, "words": words} | ({} if standardised else {"standardised": False})
    values = [
        {"losses": [start / 2**step for step in range(21)], "said_by_heart": said - 0.5 * k,
         "vocabulary": V, "words": 6.0}
        for k, start in enumerate(losses)
    ]  # fmt: skip
    return row(f"by heart {cell}", own, *values)


def test_a_line_every_ten_steps_and_what_guessing_costs():
    rows = [
        heart("rnn", "their own", 64.0, 999.0),
        heart("rnn", "their own", 64.0, 999.0),
        heart("lstm", "all", 32.0, V=100),
        heart("lstm", "all", 16.0, said=0.02, standardised=False, V=100),
    ]
    told, block, guessing = loss_every_ten("own")({"own": rows}).paragraphs
    assert "seed 0" in told
    lines = block.splitlines()
    assert lines[0] == "```text"
    assert re.split(r"\s{2,}", lines[1]) == [
        "iteration",
        "rnn, their own",
        "lstm, all",
        "lstm, all, raw",
    ]
    assert [line.split() for line in lines[2:-1]] == [
        ["0", "64.0000", "32.0000", "16.0000"],
        ["10", "0.0625", "0.0312", "0.0156"],
        ["20", "0.0001", "0.0000", "0.0000"],
    ]
    assert "6.00 · ln 20 = 18.0 and 6.00 · ln 100 = 27.6" in guessing
    assert "rnn, their own 50%, lstm, all 100%, lstm, all, raw 2%" in guessing
    waiting = [*rows, row("x", {"cell": "rnn", "words": "all"}, {}, finished=False)]
    assert loss_every_ten("own")({"own": waiting}) == Closing()
