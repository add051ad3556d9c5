"""Beam search with single lines changed: what its catalogued slips share."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake

BEAM = "beam_decode"


class Search:
    """Beam search whose lines may be replaced; as it stands it is right.

    A beginning is (score, tokens, state), its tokens without START.

    Args:
        question: step, state, start, end, length, width, alpha, as in the exercise.
        **changed: functions in place of methods, with the search as first argument.
    """

    def __init__(self, *question, **changed) -> None:
        self.step, self.first, self.start, self.end = question[:4]
        self.length, self.width, self.alpha = question[4:]
        for name, line in changed.items():
            setattr(self, name, line.__get__(self))

    def run(self):
        """The tokens and the score that the search ends with."""
        beam = [(0.0, [], self.first)]
        for _ in range(self.rounds()):
            grown = [child for one in beam for child in self.children(one, beam)]
            if not grown:
                break
            beam = self.cut(grown)
            if self.over(beam):
                break
        score, tokens, _ = self.best(beam)
        return self.told(score, tokens)

    def rounds(self):
        """How many rounds there are at most."""
        return self.length

    def ended(self, tokens):
        """Whether a beginning is a whole caption."""
        return bool(tokens) and tokens[-1] == self.end

    def read(self, tokens, beam):
        """Which token the next step reads."""
        return tokens[-1] if tokens else self.start

    def state_of(self, beginning):
        """Which state the next step of a beginning starts from."""
        return beginning[2]

    def asked(self, beginning, beam):
        """Log-probabilities of what comes next, (V,), and the state after it."""
        token = self.read(beginning[1], beam)
        log_probs, state = self.step(self.state_of(beginning), np.array([token]))
        return log_probs[0], state

    def children(self, beginning, beam):
        """What a beginning becomes in one round."""
        score, tokens, _ = beginning
        if self.ended(tokens):
            return self.frozen(beginning, beam)
        logs, state = self.asked(beginning, beam)
        return [(self.sum(score, log), [*tokens, k], state) for k, log in enumerate(logs)]

    def frozen(self, beginning, beam):
        """What a caption that has ended becomes in one round."""
        return [beginning]

    def sum(self, score, log):
        """A child's score from its parent's."""
        return score + float(log)

    def worth(self, score, tokens):
        """What captions are compared by."""
        return score / len(tokens) ** self.alpha

    def ranked(self, grown):
        """Sorted, the best first; among equals the one with the lower token."""
        return sorted(grown, key=lambda one: (-self.worth(one[0], one[1]), one[1]))

    def cut(self, grown):
        """Which of those that have grown are kept."""
        return self.ranked(grown)[: self.width]

    def over(self, beam):
        """Whether there is nothing left to do."""
        return all(self.ended(tokens) for _, tokens, _ in beam)

    def best(self, beam):
        """Which one is returned."""
        return self.ranked(beam)[0]

    def told(self, score, tokens):
        """What is returned of it."""
        return tokens, score


def never(search, beam):
    """In place of `over`: the rounds are all made."""
    return False


def slip(name, says, advice, part=WHOLE, **changed):
    """Enter a search with some lines replaced."""

    def wrong(step, state, start, end, length, width, alpha=0.0):
        search = Search(step, state, start, end, length, width, alpha, **changed)
        tokens, score = search.run()
        return (tokens, score) if part == WHOLE else {"tokens": tokens, "score": score}[part]

    wrong.__name__ = name
    mistake(BEAM, part, says, advice)(wrong)
