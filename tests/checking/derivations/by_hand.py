"""A second, slow evaluator: plain loops over entries, nothing shared with the package's."""

import itertools

from course_utils.checking.derivations import tree


def value(node, env, point, ranges):
    """One entry of an index expression, letters taken from `env`."""

    def again(part):
        return value(part, env, point, ranges)

    match node:
        case tree.Num(number):
            return float(number)
        case tree.Size(name):
            return point.sizes[name]
        case tree.Letter(name):
            return env[name]
        case tree.Sym(name):
            return float(point.value(name))
        case tree.Index(tree.Sym(name), at):
            array = point.value(name)
            where = tuple(int(again(i)) for i in at)
            inside = all(0 <= k < n for k, n in zip(where, array.shape, strict=True))
            return float(array[where]) if inside else 0.0
        case tree.Neg(x):
            return -again(x)
        case tree.Bin(op, a, b):
            x, y = again(a), again(b)
            if op == "/":
                return x / y if y else float("nan")
            return {"+": x + y, "-": x - y, "*": x * y}[op] if op != "**" else x**y
        case tree.Call("delta", (a, b)):
            return float(again(a) == again(b))
        case tree.Sum(letters, body):
            lengths = [range(ranges[i]) for i in letters]
            total = 0.0
            for chosen in itertools.product(*lengths):
                inner = env | dict(zip(letters, chosen, strict=True))
                total += value(body, inner, point, ranges)
            return total
    raise NotImplementedError(type(node).__name__)


def equal(left, right, free, point, ranges):
    """Whether two index expressions agree at every entry of the left one."""
    for chosen in itertools.product(*(range(ranges[i]) for i in free)):
        env = dict(zip(free, chosen, strict=True))
        a, b = (value(side, env, point, ranges) for side in (left, right))
        if not abs(a - b) <= 1e-8 * (1 + abs(a)):
            return False
    return True
