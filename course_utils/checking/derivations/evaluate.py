"""Values of expressions at a point: einsum-like over the index ranges, with derivatives.

Every value is an array with one axis for each index letter of the line (of length
1 where the value does not depend on it), then the axes of matrix notation. A
derivative adds one axis in front, for the entries differentiated by: forward
mode, exact, in floats or in fractions alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.checking.derivations import arithmetic, tree
from course_utils.checking.derivations.functions import COMPARE, ELEMENTWISE, softmax
from course_utils.checking.derivations.values import Value, boxed, outer, plus, times


class Evaluator:
    """Evaluates expressions at one point.

    Args:
        point: has ``value(name)``, ``tangent(name, by)``, ``sizes`` and ``exact``.
        ranges: how far every index letter runs; their order is that of the axes.
        by: the array to differentiate by, ``""`` for plain values.
        memo: values found before at the same point with the same ranges.
    """

    def __init__(self, point, ranges: Mapping[str, int], by: str = "", memo=None) -> None:
        self.point, self.by = point, by
        self.ranges = dict(ranges)
        self.axis = {letter: k for k, letter in enumerate(self.ranges)}
        self.depth = len(self.ranges)
        self.memo: dict = {} if memo is None else memo

    def value(self, node: tree.Node) -> Value:
        """The value of an expression whose shapes are known to fit."""
        found = self.memo.get(node)
        if found is None:
            found = self._find(node)
            if self.point.exact:  # NumPy unwraps an array of one fraction
                found = Value(boxed(found.a), boxed(found.t), found.rank)
            self.memo[node] = found
        return found

    def array(self, node: tree.Node, letters=()) -> np.ndarray:
        """The value with axes for `letters`, in this order, then the matrix axes."""
        value = self.value(node)
        lengths = [self.ranges[i] if i in letters else 1 for i in self.axis]
        full = np.broadcast_to(value.a, (*lengths, *value.a.shape[self.depth :]))
        kept = [self.axis[i] for i in letters]
        rest = [k for k in range(self.depth) if k not in kept]
        full = full.transpose(*kept, *rest, *range(self.depth, full.ndim))
        return full.reshape((*(self.ranges[i] for i in letters), *value.a.shape[self.depth :]))

    def _find(self, node: tree.Node) -> Value:
        match node:
            case tree.Num(number):
                return self._constant(number if self.point.exact else float(number))
            case tree.Size(name):
                return self._constant(self.point.number(self.point.sizes[name]))
            case tree.Letter(name):
                return Value(self._along(name), None, 0)
            case tree.Sym(name):
                return self._symbol(name)
            case tree.Index():
                return self._entry(node)
            case tree.Neg(x):
                a, t, rank = self.value(x)
                return Value(-a, None if t is None else -t, rank)
            case tree.Bin(op, a, b):
                return self._binary(op, a, b)
            case tree.Cmp(op, a, b):
                x, y, rank = self._lifted(self.value(a), self.value(b))
                return Value(COMPARE[op](x.a, y.a).astype(int), None, rank)
            case tree.Sum(letters, body):
                return self._sum(letters, body)
            case tree.T(x):
                a, t, rank = self.value(x)
                if rank < 2:
                    return Value(a, t, rank)
                return Value(a.swapaxes(-1, -2), None if t is None else t.swapaxes(-1, -2), rank)
            case tree.Diff(what, by):
                return self._diff(what, by)
            case tree.Call(fn, args):
                return self._call(fn, args)
        raise TypeError(f"no value for {node!r}")

    def _constant(self, number) -> Value:
        dtype = object if self.point.exact else None
        return Value(np.full((1,) * self.depth, number, dtype=dtype), None, 0)

    def _along(self, letter: str) -> np.ndarray:
        shape = [1] * self.depth
        shape[self.axis[letter]] = -1
        return np.arange(self.ranges[letter]).reshape(shape)

    def _symbol(self, name: str) -> Value:
        a = self.point.value(name)
        t = self.point.tangent(name, self.by) if self.by else None
        ones = (1,) * self.depth
        if t is not None:
            t = t.reshape((t.shape[0], *ones, *a.shape))
        return Value(a.reshape((*ones, *a.shape)), t, a.ndim)

    def _entry(self, node: tree.Index) -> Value:
        base = self.value(node.base)
        kept = [k for k, at in enumerate(node.at) if at is None]
        kept += range(len(node.at), base.rank)
        taken = [k for k, at in enumerate(node.at) if at is not None]
        where, inside = self._positions(node.at, [base.a.shape[self.depth + k] for k in taken])
        order = [self.depth + k for k in (*taken, *kept)]

        def pick(array, front):
            lead = range(front + self.depth)
            moved = array.transpose(*lead, *(front + k for k in order))
            return self._gather(moved, where, inside, front, len(kept))

        t = None if base.t is None else pick(base.t, 1)
        return Value(pick(base.a, 0), t, len(kept))

    def _positions(self, at, lengths):
        """Whole-number arrays for the entries taken, and where they lie inside the array."""
        where, inside = [], None
        for index, length in zip([i for i in at if i is not None], lengths, strict=True):
            position = self.value(index).a.astype(int)
            if not isinstance(index, tree.Letter) or self.ranges[index.name] > length:
                ok = (position >= 0) & (position < length)
                if not ok.all():
                    inside = ok if inside is None else inside & ok
                    position = np.where(ok, position, 0)
            where.append(position)
        return where, inside

    def _gather(self, array, where, inside, front: int, rank: int):
        """Take entries along the axes after the letters; letters' own axes stay."""
        own = []
        for k in range(self.depth):
            length = array.shape[front + k]
            shape = [1] * self.depth
            shape[k] = length
            own.append(np.arange(length).reshape(shape))
        picked = array[(slice(None),) * front + (*own, *where)]
        if inside is None:
            return picked
        mask = inside.reshape(inside.shape + (1,) * rank)
        return np.where(mask, picked, 0)

    def _lifted(self, x: Value, y: Value) -> tuple[Value, Value, int]:
        """Give both the same number of matrix axes."""
        rank = max(x.rank, y.rank)
        return self._raise(x, rank), self._raise(y, rank), rank

    def _raise(self, x: Value, rank: int) -> Value:
        if x.rank == rank:
            return x
        new = (1,) * (rank - x.rank)
        a = x.a.reshape(x.a.shape[: self.depth] + new + x.a.shape[self.depth :])
        t = x.t
        if t is not None:
            t = t.reshape(t.shape[: self.depth + 1] + new + t.shape[self.depth + 1 :])
        return Value(a, t, rank)

    def _binary(self, op: str, left: tree.Node, right: tree.Node) -> Value:
        if op == "@":
            return self._matmul(self.value(left), self.value(right))
        x, y, rank = self._lifted(self.value(left), self.value(right))
        match op:
            case "+" | "-":
                y_t = y.t if op == "+" or y.t is None else -y.t
                return Value(x.a + y.a if op == "+" else x.a - y.a, plus(x.t, y_t), rank)
            case "*":
                return Value(x.a * y.a, plus(times(x.t, y.a), times(y.t, x.a)), rank)
            case "/":
                a = x.a / y.a
                return Value(a, plus(times(x.t, 1 / y.a), times(y.t, -a / y.a)), rank)
        return self._power(x, y, right, rank)

    def _power(self, x: Value, y: Value, right: tree.Node, rank: int) -> Value:
        if self.point.exact:
            n = int(y.a.flat[0])
            a, slope = x.a**n, n * x.a ** (n - 1)
        else:
            a, slope = x.a**y.a, y.a * x.a ** (y.a - 1)
        t = times(x.t, slope)
        return Value(a, t if y.t is None else plus(t, times(y.t, a * np.log(x.a))), rank)

    def _matmul(self, x: Value, y: Value) -> Value:
        def product(p, q):
            if p is None or q is None:
                return None
            p = p[..., None, :] if x.rank == 1 else p
            q = q[..., None] if y.rank == 1 else q
            r = np.matmul(p, q)
            r = r[..., 0] if y.rank == 1 else r
            return (r[..., 0] if y.rank == 1 else r[..., 0, :]) if x.rank == 1 else r

        t = plus(product(x.t, y.a), product(x.a, y.t))
        return Value(product(x.a, y.a), t, x.rank + y.rank - 2)

    def _sum(self, letters, body: tree.Node) -> Value:
        axes = tuple(self.axis[i] for i in letters)
        parts = [self.value(part) for part in arithmetic.factors(body)]
        plain = not any(p.rank or p.t is not None for p in parts)
        if len(parts) > 1 and plain and not self.point.exact:
            return Value(self._contract(parts, axes), None, 0)
        value = self.value(body)
        a = value.a.sum(axis=axes, keepdims=True)
        t = None
        if value.t is not None:
            t = value.t.sum(axis=tuple(k + 1 for k in axes), keepdims=True)
        # A letter that the body does not depend on: so many equal terms.
        for letter in letters:
            if value.a.shape[self.axis[letter]] == 1 != self.ranges[letter]:
                a = a * self.ranges[letter]
                t = None if t is None else t * self.ranges[letter]
        return Value(a, t, value.rank)

    def _contract(self, parts: list[Value], axes) -> np.ndarray:
        """Sum a product over some letters without building the whole product."""
        operands, seen, count = [], set(), 1
        for part in parts:
            used = [k for k in range(self.depth) if part.a.shape[k] > 1]
            seen.update(used)
            operands += [part.a.reshape([part.a.shape[k] for k in used]), used]
        lengths = list(self.ranges.values())
        for k in axes:
            count *= lengths[k] if k not in seen else 1
        out = sorted(seen - set(axes))
        result = np.einsum(*operands, out, optimize=len(parts) > 2) * count
        return result.reshape([lengths[k] if k in out else 1 for k in range(self.depth)])

    def _call(self, fn: str, args) -> Value:
        if fn == "ones":
            shape = [self.point.sizes[size.name] for size in args]
            one = np.full((1,) * self.depth + tuple(shape), self.point.number(1))
            return Value(one, None, len(shape))
        if fn == "delta":
            a, b = (self.value(arg).a.astype(int) for arg in args)
            return Value((a == b).astype(int), None, 0)
        parts = [self.value(arg) for arg in args]
        if fn in ELEMENTWISE:
            f, slope = ELEMENTWISE[fn]
            x = parts[0]
            return Value(f(x.a), None if x.t is None else x.t * slope(x.a), x.rank)
        if fn == "softmax":
            a, t = softmax(parts[0].a), parts[0].t
            if t is not None:
                t = a * (t - (a * t).sum(axis=-1, keepdims=True))
            return Value(a, t, parts[0].rank)
        if fn == "outer":
            return outer(*parts)
        if fn == "where":
            return self._choose(parts[0], parts[1], parts[2])
        x, y, rank = self._lifted(*parts)
        first = x.a > y.a if fn == "max" else x.a < y.a
        return self._choose(Value(first, None, rank), x, y)

    def _choose(self, condition: Value, x: Value, y: Value) -> Value:
        rank = max(condition.rank, x.rank, y.rank)
        condition, x, y = (self._raise(v, rank) for v in (condition, x, y))
        c = condition.a.astype(bool)
        t = None
        if x.t is not None or y.t is not None:
            t = np.where(c, 0 if x.t is None else x.t, 0 if y.t is None else y.t)
        return Value(np.where(c, x.a, y.a), t, rank)

    def _diff(self, what: tree.Node, by: tree.Node) -> Value:
        base = by.base if isinstance(by, tree.Index) else by
        at = by.at if isinstance(by, tree.Index) else ()
        inner = Evaluator(self.point, self.ranges, base.name)
        a, t, rank = inner.value(what)
        shape = self.point.value(base.name).shape
        if t is None:
            t = np.zeros((int(np.prod(shape, dtype=int)), *a.shape), a.dtype)
        # (entries of `by`, letters, matrix axes) -> letters first, entries not indexed last.
        t = np.broadcast_to(t, (t.shape[0], *a.shape)).reshape((*shape, *a.shape))
        n = len(shape)
        taken = [k for k, i in enumerate(at) if i is not None]
        left = [k for k in range(n) if k not in taken]
        lead = [n + k for k in range(self.depth)]
        matrix = [n + self.depth + k for k in range(rank)]
        moved = t.transpose(*lead, *taken, *matrix, *left)
        where, inside = self._positions(at, [shape[k] for k in taken])
        count = rank + len(left)
        return Value(self._gather(moved, where, inside, 0, count), None, count)
