"""Single edits of a right side: each is a slip that people make, undone.

`all_edits` yields the edited expressions, likely slips first. Nothing here knows a
derivation by name: what can be exchanged is read off the line and the declarations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.shapes import Dims, Inspector, Kinds, ShapeError
from course_utils.checking.derivations.tree import Index, Letter, Node, Sym


@dataclass(frozen=True)
class Edit:
    """An edited right side and the slip that the edit undoes.

    Args:
        node: the edited expression.
        key: the kind of slip, ``"exchange"``.
        message: the slip in a sentence for the student.
    """

    node: Node
    key: str
    message: str


@dataclass(frozen=True)
class Scene:
    """All that an edit may draw on.

    Args:
        left: the left side of the line.
        right: the right side, which is false.
        kinds: shapes of the symbols, helpers included.
        derivation: where the line stands.
    """

    left: Node
    right: Node
    kinds: Kinds
    derivation: Derivation
    cache: dict = field(default_factory=dict, compare=False)

    @cached_property
    def letter_sizes(self) -> dict[str, set[str]]:
        """The sizes that each letter is used on, even where they contradict each other."""
        inspector = Inspector(self.kinds)
        for part in [*tree.walk(self.left), *tree.walk(self.right)]:
            if isinstance(part, Index):
                try:
                    inspector.dims(part)
                except ShapeError:
                    continue
        found = {i: {size for size, _ in uses} for i, uses in inspector.uses.items()}
        for i in tree.all_letters(self.right) | tree.all_letters(self.left):
            if i not in found and tree.shown(i) in self.kinds.defaults:
                found[i] = {self.kinds.defaults[tree.shown(i)]}
        return found

    @cached_property
    def free(self) -> frozenset[str]:
        """The letters of the left side."""
        return tree.free_letters(self.left)

    @cached_property
    def left_over(self) -> list[str]:
        """Letters of the right side that are neither on the left nor summed."""
        return sorted(tree.free_letters(self.right) - self.free)

    def dims(self, node: Node) -> Dims | None:
        """The shape of a part, None if it has none."""
        if node not in self.cache:
            try:
                self.cache[node] = Inspector(self.kinds).dims(node)
            except ShapeError:
                self.cache[node] = None
        return self.cache[node]

    def in_scope(self, bound) -> list[str]:
        """Letters that may stand inside sums over `bound`."""
        return [*sorted(self.free | set(self.left_over)), *bound]

    def entries(self, name: str, bound) -> Iterator[Node]:
        """``S[n,m]`` with all letters in scope that fit; ``S`` itself without letters."""
        dims = self.kinds.shapes[name]
        letters = self.in_scope(bound)
        if not letters or not dims:
            yield Sym(name)
            return
        choices = [[i for i in letters if size in self.letter_sizes.get(i, ())] for size in dims]
        for chosen in itertools.islice(itertools.product(*choices), 8):
            if len(set(chosen)) == len(chosen):
                yield Index(Sym(name), tuple(map(Letter, chosen)))

    @cached_property
    def activation_rules(self) -> list[tuple[str, str, str]]:
        """``("relu", "Z1", "A1")`` for every forward rule that is a function of one array."""
        found = []
        for out, rule in self.derivation.parsed_rules.items():
            match rule.expression:
                case tree.Call(fn, (Sym(name) | Index(Sym(name)),)):
                    found.append((fn, name, out))
        return found

    @property
    def activations(self) -> list[tuple[str, str]]:
        """``("relu", "Z1")``: the functions with their inputs."""
        return [(fn, name) for fn, name, _ in self.activation_rules]

    @cached_property
    def value_places(self) -> list[tuple]:
        """Places of the right side outside of index brackets and deltas."""
        return list(tree.places(self.right, values=True))
