# SPDX-License-Identifier: GPL-2.0-or-later
"""A C function, or as much of it as the patch shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gfplint.facts import tables
from gfplint.flow.things import Change
from gfplint.flow.value import Expr, Mask
from gfplint.source import blocks, use, within
from gfplint.source.mentions import members_set_to
from gfplint.source.model import Definition, Param
from gfplint.view.block import Block
from gfplint.view.call import Call, Freed
from gfplint.view.locking import Locking

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.finding import Span
    from gfplint.flow.context import Context, ContextFlow
    from gfplint.flow.written import Written
    from gfplint.view.file import File


class Function(Locking):
    """A C function, or as much of it as the patch shows."""

    def __init__(self, definition: Definition, file: File) -> None:
        self.definition = definition
        self.file = file
        self.name = definition.name
        self.complete = definition.complete
        self.span = definition.span
        self.path = file.path
        self.params: tuple[Param, ...] = definition.params
        self.comment = definition.comment

    @property
    def was(self) -> Function | None:
        """The function of that name before the patch, as far as it is in sight; None on that side.

        For faults that lie in the step from one to the other; all others are found by looking at both alike.
        """
        old = self.file.was.functions if self.file.was is not None else ()
        return next((fn for fn in old if fn.name == self.name and fn.name), None)

    @property
    def befores(self) -> tuple[Function, ...]:
        """All parts of the function of that name that were in sight before the patch; () on that side."""
        old = self.file.was.functions if self.file.was is not None else ()
        return tuple(fn for fn in old if fn.name == self.name and fn.name)

    def number(self, expr: Expr) -> int | None:
        """The value of an integer constant, a #define of the file among them; None where it is not known."""
        defined = self.file.source.defines.get(str(expr), "").strip("() ")
        return int(defined) if defined.isdigit() and not defined.startswith("0") else expr.number

    def zeroed(self, name: str) -> Call | None:
        """The first call that allocates zeroed memory and leaves it in a variable or field, as that is written."""
        return next((call for call in self.calls if call.zeroes and call.filled == name), None)

    def overwrites(self, name: str) -> bool:
        """All of what a pointer leads to is assigned at once."""
        return use.assigned_through(self.definition, name)

    def hands(self, value: str) -> tuple[Call, ...]:
        """The calls that are handed a value as it is written, cast or not."""
        return tuple(call for call in self.calls if any(arg.bare == value for arg in call.args))

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
    def allocations(self) -> tuple[tuple[Call, Mask], ...]:
        """The calls that are handed a mask, with each mask that it may be."""
        return tuple((call, mask) for call in self.calls for mask in call.masks)

    @property
    def callback(self) -> bool:
        """Stands in a table of operations of its file."""
        return self.name in self.file.source.callbacks

    @property
    def operation(self) -> str:
        """The table of operations and the member that its file sets to it, "blk_mq_ops.queue_rq"; "" for none."""
        return ".".join(self.file.source.callbacks.get(self.name) or ())

    @cached_property
    def stored(self) -> frozenset[str]:
        """The members of structures that its file sets to it."""
        return members_set_to(self.file.image, self.name) if self.name else frozenset()

    @cached_property
    def frees(self) -> tuple[Freed, ...]:
        """The calls that give memory back of which it is known where it comes from; () where the flow is not known."""
        from gfplint.flow import lifetime

        facts = tables.load()
        ways, classes = facts.section("allocators")["frees"], facts.section("allocators")["frees_only"]["classes"]
        if not any(call.in_class(classes) for call in self.calls) or not self.calls_to(*ways):
            return ()
        uses = lifetime.analyse(self.definition, facts, self.file.kernel, self.file.source.defines) or ()
        at = {call.site.node.id: call for call in self.calls}
        return tuple(
            Freed(at[use.node.id], use.key, tuple(at[one.node.id] for one in use.holds))
            for use in uses
            if use.kind == "free"
            and (use.known or (use.origin and use.key.isidentifier()))
            and use.name in ways
            and all(one.row.cls in classes for one in use.holds)
        )

    def frees_marked(
        self, frees: Iterable[str], marks: Iterable[str], clears: Sequence[str]
    ) -> Iterator[tuple[Call, str]]:
        """The calls that give pages back before their mark is cleared, each with what says so.

        The clearing stands behind the call, or nowhere in a file that sets the mark and is seen whole.
        """
        file = self.file
        never = file.whole and file.mentions(*marks) and not file.mentions(*clears)
        for call in self.calls_to(*frees):
            late = [one for one in call.then if one.name in clears]
            if late or never:
                yield call, f"before {late[0].name}()" if late else f"and no {clears[0]}() in this file"

    def stores(self, name: str) -> bool:
        """A variable is put into another one, or a field."""
        return use.stored(self.definition, name)

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
        """A variable is handed on as gfp mask, or printed, or not used at all; nothing else is done with it."""
        places = ((call, call.mask_place if call.gfp_index is None else call.gfp_index) for call in self.calls)
        handed = [call.args[place].node for call, place in places if place is not None]
        handed += [arg for call in self.calls for arg in use.printed(self.definition, call.site)]
        seen = use.count(self.definition, self.definition.body, name)
        return seen == sum(use.count(self.definition, node, name) for node in handed)

    @property
    def helpers(self) -> tuple[Function, ...]:
        """The functions that it calls and that the patch shows in the same file."""
        called = {call.name for call in self.calls if not call.site.indirect}
        return tuple(fn for fn in self.file.functions if fn.name in called and fn.name != self.name)

    @property
    def callers(self) -> tuple[Function, ...]:
        """The functions that call it and that the patch shows in the same file."""
        return tuple(fn for fn in self.file.functions if fn.name != self.name and fn.calls_to(self.name))

    def passed_as(self, place: int) -> tuple[Mask, ...]:
        """The masks that callers in sight, of the file and with a kernel tree of its folder, have for a parameter."""
        from gfplint.flow import callers, masks
        from gfplint.source.function import calls

        facts, kernel = tables.load(), self.file.kernel
        return tuple(
            Mask(one.caller, value)
            for one in callers.some(self.definition, self.file.source)
            for site in calls(one.caller)
            if site.node == one.node and place < len(site.args)
            for value in masks.alternatives(one.caller, site.args[place], facts, kernel, one.source.defines)
        )

    def flags_alone(self, expr: Expr) -> bool:
        """An expression of gfp flags and nothing else."""
        return any(one.node.id == expr.node.id and one.only for one in self.written)

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The expressions made of gfp flags, wherever they stand."""
        from gfplint.flow import written

        return written.written(self.definition, self.file.kernel, self.file.source.defines)

    def masks_of(self, node: Node) -> tuple[Mask, ...]:
        from gfplint.flow import masks

        values = masks.alternatives(self.definition, node, tables.load(), self.file.kernel, self.file.source.defines)
        return tuple(Mask(self.definition, value) for value in values)

    @cached_property
    def _contexts(self) -> ContextFlow | None:
        from gfplint.flow import context

        return context.analyse(self.definition, tables.load(), self.file.source)

    @cached_property
    def called(self) -> Context:
        """The context in which all its callers call it: those of its file, and with a kernel tree of its folder."""
        from gfplint.flow import context

        return context.called(self.definition, tables.load(), self.file.source)

    @cached_property
    def called_atomic(self) -> Context | None:
        """The same, where it forbids sleeping; None where it does not, or that is not known."""
        from gfplint.flow import context

        found = context.called(self.definition, tables.load(), self.file.source, atomic=True)
        return found if found.kind == "atomic" else None

    def reached_atomic(self, fields: frozenset[str]) -> Context | None:
        """Why one of its callers that are in sight, or a caller of that one, may not sleep; None for none.

        ``fields``: those that decide whether the function comes to the place that is asked about.
        """
        from gfplint.flow import reached

        if fields not in self._reached:
            found = reached.Search(tables.load()).atomic(self.definition, self.file.source, fields)
            self._reached[fields] = found
        return self._reached[fields]

    @cached_property
    def _reached(self) -> dict[frozenset[str], Context | None]:
        return {}

    @cached_property
    def maybe_atomic(self) -> bool:
        """A word of the function, or how it is called, may forbid sleeping; else no flow has to be followed."""
        from gfplint.flow import context

        return context.worth_following(self.definition, tables.load(), self.file.source)

    def at(self, node: Node) -> Span:
        """Where a node of the function stands."""
        return self.definition.unit.span(node)

    def compiled_if(self, span: Span) -> tuple[str, ...]:
        """The #if, #ifdef and #else lines that a place of the function stands under, outermost first."""
        return within.conditions(self.file.image, span.line)

    @property
    def locals(self) -> frozenset[str]:
        """The parameters, and the variables declared in it."""
        from gfplint.flow.shape import declared

        return declared(self.definition)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What it sets, initialisers apart, in the order of the source."""
        unit = self.definition.unit
        return tuple(
            Change(unit.span(one.node), one.target, one.operator, one.value) for one in blocks.changes(self.definition)
        )

    @cached_property
    def cases(self) -> tuple[Block, ...]:
        """The cases of its switches: the labels, and the statements that they lead to."""
        return tuple(Block(self, nodes, labels) for labels, nodes in blocks.cases(self.definition))

    def mentions(self, *names: str) -> bool:
        """Any of these identifiers stands in it, comments and strings apart."""
        return within.mentions(self.definition, names)
