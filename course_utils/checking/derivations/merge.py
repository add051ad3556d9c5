"""Sums side by side share their letters, so that a long line stays small."""

from __future__ import annotations

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.shapes import Layout
from course_utils.checking.derivations.tree import Sum, shown


def merged(left: tree.Node, right: tree.Node, layout: Layout) -> tuple[tree.Node, tree.Node]:
    """Both sides with ``n~2`` written as ``n`` again where no other ``n`` is near.

    Args:
        left: the left side.
        right: the right side.
        layout: tells which letters run equally far.
    """
    free = layout.free | tree.free_letters(right)
    return tuple(_merge(side, frozenset(free), layout.ranges) for side in (left, right))


def _merge(node: tree.Node, taken: frozenset[str], ranges) -> tree.Node:
    if isinstance(node, Sum):
        for letter in node.letters:
            inside = tree.all_letters(node.body) | frozenset(node.letters)
            for other in sorted(ranges):
                fits = shown(other) == shown(letter) and ranges[other] == ranges[letter]
                if other < letter and fits and other not in taken | inside:
                    node = tree.renamed(node, {letter: other})
                    break
        taken = taken | frozenset(node.letters)
    parts = tuple(_merge(part, taken, ranges) for part in tree.children(node))
    return tree.rebuilt(node, parts) if parts else node
