"""Follow what is needed, name by name, from where a reader or the machine begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from course_utils.workbook.through_code import Module, Part, Ref

Allowed = Callable[[Module, Part], bool]


class Needed:
    """What is needed from some roots.

    Args:
        modules: the package.
        stays: says of a statement with an effect whether it is wanted: the one that
            registers an exercise of a later lesson is not.
        passed_over: says of a use whether it is not followed (a command that students do
            not have); given the module, the statement and what it uses.
        last: two digits of the last lesson: what a later one brings is not followed from where
            it is only declared.
    """

    def __init__(
        self,
        modules: dict[str, Module],
        stays: Allowed = lambda module, part: True,
        passed_over: Callable[[Module, Part, Ref], bool] = lambda module, part, ref: False,
        last: str = "99",
    ) -> None:
        self.modules, self.stays, self.passed_over = modules, stays, passed_over
        self.last = last
        self.loaded: set[str] = set()
        self.parts: set[int] = set()  # id() of parts
        self.names: set[Ref] = set()
        self.why: dict[Ref, str] = {}
        self._todo: list[tuple[Ref, str]] = []

    def follow(self, roots: Iterable[Ref], why: str) -> Needed:
        """Add everything that is needed from these; returns itself."""
        self._todo += [(ref, why) for ref in roots]
        while self._todo:
            ref, because = self._todo.pop()
            if ref in self.names:
                continue
            self.names.add(ref)
            self.why[ref] = because
            self._need(ref)
        return self

    def has(self, module: Module, part: Part) -> bool:
        """Whether a statement is needed."""
        return id(part) in self.parts

    def _need(self, ref: Ref) -> None:
        module = self.modules.get(ref.module)
        if module is None:
            return
        self._load(module)
        if ref.name == "*":
            for part in module.parts:
                if not part.effect:
                    self._take(module, part)
            self._todo += [(r, str(ref)) for r in module.imports.values()]
        elif ref.name:
            if part := module.binding(ref.name):
                self._take(module, part)
            if ref.name in module.imports:
                self._todo.append((module.imports[ref.name], str(ref)))

    def _load(self, module: Module) -> None:
        """Importing a module runs its statements, and those of the packages it is in."""
        if module.name in self.loaded:
            return
        self.loaded.add(module.name)
        above = module.name.rpartition(".")[0]
        if above in self.modules:
            self._load(self.modules[above])
        for part in module.parts:
            if part.effect and self.stays(module, part):
                self._take(module, part)
        self._todo += [(module.imports[name], module.name) for name in module.passed_on()]

    def _take(self, module: Module, part: Part) -> None:
        if id(part) in self.parts:
            return
        self.parts.add(id(part))
        name = f"{module.name}.{min(part.binds, default='')}".rstrip(".")
        self._todo += [(ref, name) for ref in part.uses if not self.passed_over(module, part, ref)]
        self._todo += [(ref, name) for lesson, ref in part.later if lesson <= self.last]


def usable(modules: dict[str, Module], needed: Needed, never: Callable[[Module, Part], bool]):
    """Statements of loaded modules that no lesson needs, and that may stay all the same.

    Args:
        modules: the package.
        needed: what the released lessons need.
        never: says of a statement that it must go.

    Returns:
        ``id()`` of the statements whose own uses are all there.
    """
    free = {
        id(part): (module, part)
        for name in needed.loaded
        for module in [modules[name]]
        for part in module.parts
        if id(part) not in needed.parts and not part.effect and not never(module, part)
    }
    while True:
        kept = needed.parts | set(free)
        lost = [
            key
            for key, (module, part) in free.items()
            if not all(is_there(modules, needed, kept, ref) for ref in part.uses)
        ]
        if not lost:
            return set(free)
        for key in lost:
            del free[key]


def is_there(modules: dict[str, Module], needed: Needed, kept: set[int], ref: Ref) -> bool:
    """Whether what a statement uses is in what is kept."""
    for _ in range(10):  # an import may lead to another import
        module = modules.get(ref.module)
        if module is None:
            return True
        if module.name not in needed.loaded:
            return False
        if not ref.name:
            return True
        if ref.name == "*":
            return ref in needed.names
        part = module.binding(ref.name)
        if part is not None:
            return id(part) in kept
        if ref.name not in module.imports:
            return True  # a builtin, or a name of the function itself
        ref = module.imports[ref.name]
    return False
