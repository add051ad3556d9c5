"""Look for many secret lines in many texts at once."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course_utils.workbook.leaks_text import (
    plain,
    same_but_for_names,
    skeleton,
    tokens,
    trees,
    written,
)

_KEY = 2  # tokens that a needle is filed under
_FORM_KEY = 8  # a skeleton tells less: more of it is needed to find few


@dataclass(frozen=True)
class Secret:
    """Something that must not be found.

    Args:
        exercise: id, ``"3.2"``.
        function: the name that the exercise asks for.
        line: what is told of it.
        tokens: what is compared.
        renamed: found with other names as well.
    """

    exercise: str
    function: str
    line: str
    tokens: tuple[str, ...]
    renamed: bool = False


class Search:
    """All secrets, filed by how they begin."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self.secrets = list(dict.fromkeys(secrets))
        self._exact: dict[tuple, list[Secret]] = defaultdict(list)
        self._forms: dict[tuple, list[tuple[Secret, list[str]]]] = defaultdict(list)
        exact = [s.tokens[0] for s in self.secrets if not s.renamed]
        forms = [len(s.tokens) for s in self.secrets if s.renamed]
        self._firsts, self._shortest_form = frozenset(exact), min(forms, default=10**9)
        for secret in self.secrets:
            if secret.renamed:
                form = skeleton(secret.tokens)
                self._forms[tuple(form[:_FORM_KEY])].append((secret, form))
            else:
                self._exact[secret.tokens[:_KEY]].append(secret)

    def in_text(self, text: str, *, renamed: bool = True) -> Iterator[Secret]:
        """Secrets in a text: as it stands, and as Python writes it where it is code."""
        found = tokens(text)
        yield from self.in_tokens(found, renamed=renamed)
        if not self._is_worth(found):
            return
        for tree in trees(text, lambda piece: self._is_worth(tokens(piece))):
            for form in dict.fromkeys((written(tree), plain(tree))):
                yield from self.in_tokens(tokens(form), renamed=renamed)

    def _is_worth(self, found: list[str]) -> bool:
        """Whether a secret could be in these tokens, in whatever form."""
        return len(found) >= self._shortest_form or not self._firsts.isdisjoint(found)

    def in_tokens(self, found: list[str], *, renamed: bool = True) -> Iterator[Secret]:
        """Secrets in a list of tokens."""
        for i, pair in enumerate(itertools.pairwise(found)):
            for secret in self._exact.get(pair, ()):
                if tuple(found[i : i + len(secret.tokens)]) == secret.tokens:
                    yield secret
        if not renamed or not self._forms:
            return
        form = skeleton(found)
        for i in range(len(form) - _FORM_KEY + 1):
            for secret, wanted in self._forms.get(tuple(form[i : i + _FORM_KEY]), ()):
                end = i + len(wanted)
                if form[i:end] == wanted and same_but_for_names(
                    secret.tokens, found[i:end], wanted
                ):
                    yield secret

    def without(self, allowed: Iterable[str]) -> Search:
        """The same search, less what stands in these texts on purpose."""
        shown = {secret for text in allowed for secret in self.in_text(text)}
        return Search(s for s in self.secrets if s not in shown)
