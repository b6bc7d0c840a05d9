# SPDX-License-Identifier: GPL-2.0-or-later
"""A rule's whole vocabulary: the one place where source, flow and facts meet.

Everything here is lazy: a property is computed when a rule first asks for
it, once for all rules.  What is not known is empty, None or False, never a
guess.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gfplint.diff.image import Image
from gfplint.facts import tables
from gfplint.facts.model import Allocator
from gfplint.facts.words import family_of
from gfplint.finding import Related, Side, Span
from gfplint.flow.result import Result
from gfplint.flow.things import Exit, Export, Lock, Release, Select, Twice
from gfplint.flow.value import Expr, Mask
from gfplint.source import use, within
from gfplint.source.model import CallSite, Definition, Param, Source, Unit

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import Contract, LockOp
    from gfplint.flow import locks as lockflow
    from gfplint.flow.callers import LockState
    from gfplint.flow.context import Context, ContextFlow
    from gfplint.flow.written import Written
    from gfplint.source import kconfig


class Call(Result):
    """A call, with what the fact tables say of the function called."""

    def __init__(self, fn: "Function", site: CallSite) -> None:
        self.fn = fn
        self.site = site
        self.name = site.name

    @property
    def span(self) -> Span:
        """The name of the function called."""
        function = self.site.node.child_by_field_name("function")
        unit: Unit = self.fn.definition.unit
        return unit.span(function if function is not None else self.site.node)

    @cached_property
    def args(self) -> tuple[Expr, ...]:
        return tuple(Expr(self.fn.definition, node) for node in self.site.args)

    @cached_property
    def allocator(self) -> Allocator | None:
        """Its row in the table of allocators; None for calls through a pointer."""
        if self.site.indirect:
            return None
        row = tables.load().allocators.get(self.name)
        if row is not None and row.nargs >= 0 and len(self.site.args) != row.nargs:
            return None  # another function of that name, or another kernel's
        return row

    @cached_property
    def gfp_index(self) -> int | None:
        """Number of the gfp argument, from 0, of a function that allocates with it; None for all others."""
        facts = tables.load()
        if self.site.indirect or self.name in facts.section("gfp")["partial"]["callees"]:
            return None
        if self.name in facts.allocators:
            row = self.allocator
            return row.gfp if row is not None and 0 <= row.gfp < len(self.site.args) else None
        index, count = facts.gfp_args(self.fn.file.kernel).get(self.name, (-1, -1))
        return index if count == len(self.site.args) else None

    @cached_property
    def masks(self) -> tuple[Mask, ...]:
        """The gfp argument's possible values, one for each way of making it; () where there is none."""
        return () if self.gfp_index is None else self.fn.masks_of(self.site.args[self.gfp_index])

    @property
    def sleeps(self) -> bool:
        """The function called may sleep whatever its mask says, so the caller surely may.

        mm/page_alloc.c: alloc_contig_range() migrates pages and drains per-cpu lists.
        """
        row = self.allocator
        return row is not None and row.cls in tables.load().section("allocators")["always_sleep"]["classes"]

    def in_class(self, classes: Iterable[str]) -> bool:
        """It allocates, and its class in allocators.toml is one of these."""
        return self.allocator is not None and self.allocator.cls in classes

    def refuses(self, mask: Mask) -> tuple[str, ...]:
        """The bits of ``mask`` that the function called rejects or drops, as allocators.toml has it."""
        return mask.has(self.allocator.forbid) if self.allocator is not None else ()

    @property
    def guarded(self) -> "tuple[Call, ...]":
        """The calls in the branch of an ``if`` that is taken where the result of this one alone is true."""
        branch = within.guarded(self.site)
        inside = range(branch.start_byte, branch.end_byte) if branch is not None else range(0)
        return tuple(call for call in self.fn.calls if call.site.node.start_byte in inside)

    @property
    def then(self) -> "tuple[Call, ...]":
        """The calls of the statements that follow in the same block, up to a label or the block's end."""
        rest = within.following(self.site)
        return tuple(call for call in self.fn.calls if call.site.node.start_byte in rest)

    @property
    def counted(self) -> bool:
        """The first argument is what a ``for`` around the call counts."""
        return within.counted(self.fn.definition, self.site)

    @cached_property
    def context(self) -> "Context":
        """Whether the function may sleep where it makes the call: atomic, sleepable or unknown, with the reason."""
        from gfplint.flow import context

        flow = self.fn._contexts
        return flow.at(self.site.node) if flow is not None else context.UNKNOWN

    @property
    def atomic(self) -> "Context | None":
        """The context of the call where sleeping is surely forbidden; None where it is not, or that is not known."""
        return self.context if self.fn.maybe_atomic and self.context.kind == "atomic" else None

    def note(self, node: "Node | None", message: str) -> tuple[Related, ...]:
        """A place of the function that the reader must see, as ``related`` of a report; () for None."""
        return (Related(self.fn.definition.unit.span(node), message),) if node is not None else ()

    @cached_property
    def contract(self) -> "Contract | None":
        """What it asks of the hotplug locks, its row in facts/hotplug.toml; None for calls through a pointer."""
        return None if self.site.indirect else tables.load().contracts.get(self.name)

    @property
    def acquires(self) -> "tuple[LockOp, ...]":
        """The rows of facts/locks.toml of the function called."""
        return () if self.site.indirect else tables.load().acquires.get(self.name, ())

    @cached_property
    def holds(self) -> "tuple[Lock, ...]":
        """The locks that the function surely holds when it makes the call."""
        locks = self.fn._locks
        return self.fn._held(locks.at(self.site.node)[0]) if locks is not None else ()

    def locked(self, cls: str) -> "LockState":
        """Whether an implicit lock, such as "device_hotplug_lock", is held at the call, also by callers in the file."""
        from gfplint.flow import callers

        return callers.state_at(self.fn.definition, self.site.node, cls, tables.load(), self.fn.file.source)


class Function:
    """A C function, or as much of it as the patch shows."""

    def __init__(self, definition: Definition, file: "File") -> None:
        self.definition = definition
        self.file = file
        self.name = definition.name
        self.complete = definition.complete
        self.span = definition.span
        self.path = file.path
        self.params: tuple[Param, ...] = definition.params
        self.comment = definition.comment

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in the order of the source."""
        from gfplint.source.function import calls

        return tuple(Call(self, site) for site in calls(self.definition))

    def calls_to(self, *names: str) -> tuple[Call, ...]:
        """The direct calls of functions of these names."""
        return tuple(call for call in self.calls if call.name in names and not call.site.indirect)

    @cached_property
    def masks(self) -> tuple[Mask, ...]:
        """The masks that calls of the function are handed, each once, in the order of the source."""
        found = [mask for call in self.calls for mask in call.masks]
        return tuple({(mask.node.id, mask.spelling): mask for mask in found}.values())

    @property
    def at_boot(self) -> bool:
        """Marked __init or the like: runs while the kernel or the module comes up."""
        return use.head_says(self.definition, "__init", "__meminit", "__net_init", "__cpuinit")

    @property
    def allocations(self) -> "tuple[tuple[Call, Mask], ...]":
        """The calls that are handed a mask, with each mask that it may be."""
        return tuple((call, mask) for call in self.calls for mask in call.masks)

    @property
    def callback(self) -> bool:
        """Stands in a table of operations of its file."""
        return self.name in self.file.source.callbacks

    def allocated(self, name: str) -> "tuple[Call, ...]":
        """The allocations that a variable holds, where it holds nothing else in all of the function; else ()."""
        classes = tables.load().section("allocators")["frees_only"]["classes"]
        made = tuple(call for call in self.calls if call.result == name and call.in_class(classes))
        return made if made and use.set_only(self.definition, name, [call.site for call in made]) else ()

    def copied(self, name: str) -> bool:
        """A variable that is set, somewhere in the function, to what another variable, field or getter holds."""
        known = tables.load().allocators
        got = any(call.result == name and call.name not in known for call in self.calls)
        return got or use.copied(self.definition, name)

    @property
    def is_thread(self) -> bool:
        """Has the signature of a kernel thread: include/linux/kthread.h, int (*)(void *)."""
        return self.definition.type == "int" and [param.type for param in self.params] == ["void *"]

    @property
    def gfp_params(self) -> tuple[str, ...]:
        """The parameters that are gfp masks."""
        return tuple(param.name for param in self.params if param.type == "gfp_t" and param.name)

    def only_handed(self, name: str) -> bool:
        """A variable is handed on as gfp mask, or not used at all; nothing else is done with it."""
        handed = [call.args[call.gfp_index] for call in self.calls if call.gfp_index is not None]
        seen = use.count(self.definition, self.definition.body, name)
        return seen == sum(use.count(self.definition, arg.node, name) for arg in handed)

    @property
    def wants(self) -> tuple[str, ...]:
        """The hotplug locks that the comment on it says must be held."""
        from gfplint.flow.callers import wanted

        return wanted(self.comment, tables.load().section("locks")["families"]["hotplug"])

    @property
    def helpers(self) -> "tuple[Function, ...]":
        """The functions that it calls and that the patch shows in the same file."""
        called = {call.name for call in self.calls if not call.site.indirect}
        return tuple(fn for fn in self.file.functions if fn.name in called and fn.name != self.name)

    def flags_alone(self, expr: Expr) -> bool:
        """An expression of gfp flags and nothing else."""
        return any(one.node.id == expr.node.id and one.only for one in self.written)

    @cached_property
    def written(self) -> "tuple[Written, ...]":
        """The expressions made of gfp flags, wherever they stand."""
        from gfplint.flow import written

        return written.written(self.definition, self.file.kernel, self.file.source.defines)

    def masks_of(self, node: "Node") -> tuple[Mask, ...]:
        from gfplint.flow import masks

        values = masks.alternatives(self.definition, node, tables.load(), self.file.kernel, self.file.source.defines)
        return tuple(Mask(self.definition, value) for value in values)

    @cached_property
    def _locks(self) -> "lockflow.LockFlow | None":
        from gfplint.flow import locks

        return locks.analyse(self.definition, tables.load(), self.file.source)

    @cached_property
    def _contexts(self) -> "ContextFlow | None":
        from gfplint.flow import context

        return context.analyse(self.definition, tables.load(), self.file.source)

    @cached_property
    def maybe_atomic(self) -> bool:
        """A word of the function, or how it is called, may forbid sleeping; else no flow has to be followed."""
        from gfplint.flow import context

        return context.worth_following(self.definition, tables.load(), self.file.source)

    def _held(self, held: "Iterable[lockflow.Held]") -> tuple[Lock, ...]:
        return tuple(map(self._lock, held))

    def _lock(self, held: "lockflow.Held") -> Lock:
        return Lock(held.op.lock, held.key, held.op, self.definition.unit.span(held.node))

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The ways out, as far as locks are known there; () where the flow is not known."""
        if self._locks is None:
            return ()
        return tuple(
            Exit(out.span, self._held(out.surely), self._held(out.maybe), self._held(out.leaks), out.error, out.returns)
            for out in self._locks.exits
        )

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """The unlocks, with what was held there; () where the flow is not known."""
        if self._locks is None:
            return ()
        return tuple(
            Release(
                release.name,
                self.definition.unit.span(release.node),
                release.held,
                self._lock(release.other) if release.other is not None else None,
                next((family_of(op.lock) for op in release.ops), None),
                release.key or next((op.lock for op in release.ops), ""),
                tuple(map(self.definition.unit.span, release.without)),
                self.definition.unit.span(release.tried) if release.tried is not None else None,
            )
            for release in self._locks.releases
        )

    @cached_property
    def twice(self) -> tuple[Twice, ...]:
        """The locks taken while they are held; () where the flow is not known."""
        found = self._locks.twice if self._locks is not None else ()
        return tuple(Twice(self.definition.unit.span(one.node), one.op.acquire, self._lock(one.first)) for one in found)

    @property
    def lock_calls(self) -> tuple[Call, ...]:
        """The calls that take or give back a lock of facts/locks.toml."""
        facts = tables.load()
        return self.calls_to(*facts.acquires, *facts.releases)

    def mentions(self, *names: str) -> bool:
        """Any of these identifiers stands in it, comments and strings apart."""
        return within.mentions(self.definition, names)


class File:
    """One side of a file of the patch."""

    def __init__(self, source: Source, kernel: str | None) -> None:
        self.source = source
        self.kernel = kernel
        self.path = source.image.path

    @property
    def image(self) -> Image:
        return self.source.image

    @property
    def side(self) -> Side:
        return self.source.image.side

    @property
    def whole(self) -> bool:
        return self.source.image.whole

    def matches(self, globs: Iterable[str]) -> bool:
        """The path matches one of ``globs``; a * also matches slashes."""
        return any(fnmatchcase(self.path, glob) for glob in globs)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Those that the patch touches."""
        return tuple(Function(definition, self) for definition in self.source.functions)

    def mentions(self, *names: str) -> bool:
        """Any of these identifiers stands in what is known of the file, comments included."""
        return within.in_image(self.image, names)

    @cached_property
    def exports(self) -> "tuple[Export, ...]":
        """The EXPORT_SYMBOL lines in sight."""
        return tuple(Export(span, macro, symbol) for macro, symbol, span in within.exports(self.image))


class KconfigEntry:
    """A ``config`` entry of a Kconfig file, or as much of it as the patch shows."""

    def __init__(self, path: str, side: Side, entry: "kconfig.Entry") -> None:
        self.path = path
        self.side = side
        self.entry = entry
        self.name = entry.name

    @property
    def selects(self) -> tuple[Select, ...]:
        """What it selects, without what it implies."""
        at = partial(Span, self.path, self.side)
        return tuple(Select(at((s.line, 1), (s.line, 1)), s.symbol, s.condition) for s in self.entry.selects)


class Series:
    """The end state of a series: each file as its last patch leaves it."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self.files = files
