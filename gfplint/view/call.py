# SPDX-License-Identifier: GPL-2.0-or-later
"""A call, with what the fact tables say of the function called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from gfplint.facts import tables
from gfplint.facts.model import Allocator
from gfplint.finding import Related, Span
from gfplint.flow.result import Result
from gfplint.flow.things import Lock
from gfplint.flow.value import Expr, Mask
from gfplint.record import NamedTuple
from gfplint.source import blocks, use, within
from gfplint.source.declare import prototype
from gfplint.source.model import CallSite, Unit

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import Contract, LockOp
    from gfplint.flow.callers import LockState
    from gfplint.flow.context import Context
    from gfplint.view.block import Block
    from gfplint.view.function import Function


class Freed(NamedTuple):
    """A call that gives memory back, and the allocations that it surely comes from, one or another."""

    call: Call
    name: str  # the pointer, as written
    made: tuple[Call, ...]

    @property
    def wrong(self) -> Call | None:
        """The allocation, where none of them is given back that way."""
        if any(made.freed_by(self.call.name) for made in self.made):
            return None
        return next(iter(self.made), None)

    @property
    def amount(self) -> Amount | None:
        """How much is given back, where that is known and surely not what was allocated."""
        facts, name, args = tables.load().section("allocators"), self.call.name, self.call.args
        role = "size" if name in facts["free_size"] else "order"
        index = facts["free_size"].get(name, facts["free_order"].get(name, -1))
        back = args[index] if 0 <= index < len(args) else None
        given = self.call.fn.number(back) if back is not None else 0 if name in facts["free_one"]["names"] else None
        for made in self.made:
            row, said = made.allocator, made.arg(role)
            taken = self.call.fn.number(said) if said is not None else 0
            if row is None or row.cls not in facts["free_one"]["classes"] or given is None or taken in (None, given):
                return None
        made = self.made[0]
        said = made.arg(role)
        return Amount(made, role, str(said) if said is not None else "0", str(back) if back is not None else "0")


class Amount(NamedTuple):
    """An order or a size that was allocated, and the one that is given back."""

    made: Call
    role: str  # "order" or "size"
    taken: str
    given: str


class Call(Result):
    """A call, with what the fact tables say of the function called."""

    def __init__(self, fn: Function, site: CallSite) -> None:
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
        partial = facts.section("gfp")["partial"]
        if self.site.indirect or self.name in partial["callees"] or self._stores_nothing(partial["stores"]):
            return None
        if self.name in facts.allocators:
            row = self.allocator
            return row.gfp if row is not None and 0 <= row.gfp < len(self.site.args) else None
        index, count = facts.gfp_args(self.fn.file.kernel).get(self.name, (-1, -1))
        return index if count == len(self.site.args) else None

    def _stores_nothing(self, stored: Mapping[str, int]) -> bool:
        """It takes an entry out, or has no mask to do more."""
        index = stored.get(self.name)
        if index is None or len(self.args) <= index:
            return False
        return str(self.args[index]) == "NULL" or str(self.args[-1]) == "0"

    @cached_property
    def mask_place(self) -> int | None:
        """Number of the argument for which the file, as far as it is in sight, declares a gfp_t, and no other one."""
        if self.site.indirect or self.fn.name == self.name:
            return None
        declared = prototype(self.fn.definition.unit.image, self.name) or ()
        places = [number for number, param in enumerate(declared) if "gfp_t" in param.type.split()]
        plain = all(
            "gfp" not in param.name and "flag" not in param.name for param in declared if "gfp_t" not in param.type
        )
        return places[0] if plain and len(places) == 1 and len(declared) == len(self.site.args) else None

    @cached_property
    def masks(self) -> tuple[Mask, ...]:
        """The gfp argument's possible values, one for each way of making it; () where there is none."""
        return () if self.gfp_index is None else self.fn.masks_of(self.site.args[self.gfp_index])

    @property
    def passed(self) -> tuple[Mask, ...]:
        """Of a call that hands on a parameter as it is: the masks that callers in sight have for it."""
        fn, index = self.fn, self.gfp_index
        name = str(self.args[index]) if index is not None else ""
        if name not in fn.gfp_params or any(change.target == name for change in fn.changes):
            return ()
        found: tuple[Mask, ...] = fn.passed_as([param.name for param in fn.params].index(name))
        return found

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
    def guarded(self) -> tuple[Call, ...]:
        """The calls in the branch of an ``if`` that is taken where the result of this one alone is true."""
        branch = within.guarded(self.site)
        inside = range(branch.start_byte, branch.end_byte) if branch is not None else range(0)
        return tuple(call for call in self.fn.calls if call.site.node.start_byte in inside)

    @property
    def then(self) -> tuple[Call, ...]:
        """The calls of the statements that follow in the same block, up to a label or the block's end."""
        rest = within.following(self.site)
        return tuple(call for call in self.fn.calls if call.site.node.start_byte in rest)

    @property
    def loop(self) -> Block | None:
        """The innermost loop whose body the call stands in; None for none."""
        found = blocks.loop(self.site)
        return self._block([found]) if found is not None else None

    @property
    def inside(self) -> tuple[Call, ...]:
        """Of an iterator macro: the calls in the loop that it makes."""
        return tuple(call for call in self.fn.calls if call is not self and call.within(self.site.node))

    @property
    def later(self) -> tuple[Call, ...]:
        """The calls of the function that stand behind this one."""
        return tuple(call for call in self.fn.calls if call.site.node.start_byte > self.site.node.end_byte)

    @property
    def waits(self) -> bool:
        """The function called may sleep: by itself, or because of the mask that it is handed."""
        return self.may_sleep or any(mask.blocks for mask in self.masks)

    def uses(self, value: str) -> bool:
        """``value`` stands in its arguments."""
        return any(use.mentions(str(arg), value) for arg in self.args)

    def then_uses(self, value: str) -> bool:
        """``value`` is handed to a call, or put somewhere, behind this call."""
        put = (change.value for change in self.fn.changes if change.span > self.span)
        return any(call.uses(value) for call in self.later) or any(use.mentions(text, value) for text in put)

    @property
    def before(self) -> Block:
        """The statements that stand before the call's in the same block."""
        return self._block(blocks.before(self.site))

    @property
    def on_failure(self) -> Block | None:
        """The branch taken where the function called returned an error number; None where nobody asks at once."""
        found = blocks.failed(self.fn.definition, self.site)
        return self._block([found]) if found is not None else None

    @property
    def refused(self) -> Block | None:
        """The branch taken wherever the result is false, of ``if (!f())`` and ``if (a || !f())``."""
        found = blocks.refused(self.site)
        return self._block([found]) if found is not None else None

    def _block(self, nodes: list[Node]) -> Block:
        from gfplint.view.block import Block

        return Block(self.fn, nodes)

    @property
    def retried(self) -> Node | None:
        """The loop that makes the call until it has a result, and has no other way out; None for none."""
        return within.retried(self.fn.definition, self.site, self.result) if self.result else None

    @property
    def counted(self) -> bool:
        """The first argument is what a ``for`` around the call counts."""
        return within.counted(self.fn.definition, self.site)

    @cached_property
    def context(self) -> Context:
        """Whether the function may sleep where it makes the call: atomic, sleepable or unknown, with the reason."""
        from gfplint.flow import context

        flow = self.fn._contexts
        return flow.at(self.site.node) if flow is not None else context.UNKNOWN

    @property
    def atomic(self) -> Context | None:
        """The context of the call where sleeping is surely forbidden; None where it is not, or that is not known."""
        return self.context if self.fn.maybe_atomic and self.context.kind == "atomic" else None

    @property
    def forbidden(self) -> Context | None:
        """Why sleeping is surely forbidden at the call, by the function or its callers; None where it is not."""
        if self.atomic is not None:
            return self.atomic
        if self.context.kind != "unknown":
            return None
        found: Context | None = self.fn.called_atomic if self._whoever_calls(strict=False) else None
        if found is None and self._whoever_calls(strict=True):
            from gfplint.flow import reached

            found = self.fn.reached_atomic(reached.fields(self.fn.definition, self.site.node))
        return found

    def _whoever_calls(self, strict: bool) -> bool:
        """The call is made whichever caller it is, as far as can be seen, and what stands next to it does not sleep."""
        from gfplint.flow import reached, shown

        fn, node, flow = self.fn.definition, self.site.node, self.fn._contexts
        if not reached.whoever_calls(fn, node, tables.load(), strict):
            return False
        return not strict or not (
            reached.lazily(fn, node, self.result) or (flow is not None and shown.sleeps(flow, node))
        )

    @property
    def called(self) -> Context:
        """The context of the call; where the function does not say it, its callers do, or what stands next to it."""
        from gfplint.flow import shown

        flow, node = self.fn._contexts, self.site.node
        known: Context = self.context
        if known.kind != "unknown" or (flow is not None and shown.spins(flow, node)):
            return known
        known = self.fn.called
        if known.kind != "unknown" or flow is None:
            return known
        return shown.shown(flow, node, self.fn.file.source.defines)

    def note(self, node: Node | None, message: str) -> tuple[Related, ...]:
        """A place of the function that the reader must see, as ``related`` of a report; () for None."""
        return (Related(self.fn.definition.unit.span(node), message),) if node is not None else ()

    @cached_property
    def contract(self) -> Contract | None:
        """What it asks of the hotplug locks, its row in facts/hotplug.toml; None for calls through a pointer."""
        return None if self.site.indirect else tables.load().contracts.get(self.name)

    @property
    def acquires(self) -> tuple[LockOp, ...]:
        """The rows of facts/locks.toml of the function called."""
        return () if self.site.indirect else tables.load().acquires.get(self.name, ())

    @cached_property
    def holds(self) -> tuple[Lock, ...]:
        """The locks that the function surely holds when it makes the call."""
        locks = self.fn._locks
        return self.fn._held(locks.at(self.site.node)[0]) if locks is not None else ()

    def locked(self, cls: str) -> LockState:
        """Whether an implicit lock, such as "device_hotplug_lock", is held at the call, also by callers in the file."""
        from gfplint.flow import callers

        return callers.state_at(self.fn.definition, self.site.node, cls, tables.load(), self.fn.file.source)

    def kept_from(self, classes: Iterable[str]) -> bool:
        """One of these implicit locks is held at the call, also by callers in the file."""
        return any(self.locked(cls) == "held" for cls in classes)
