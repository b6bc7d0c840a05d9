# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of a call's result: a part of the vocabulary of calls."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, cast

from gfplint.facts import tables
from gfplint.facts.words import sleepers
from gfplint.source import questions, use
from gfplint.source.model import CallSite

if TYPE_CHECKING:
    from tree_sitter import Node

    from gfplint.facts.model import Allocator
    from gfplint.flow.value import Expr, Mask


class Result:
    """Words of ``view.Call``, which has what is declared here."""

    fn: Any  # the view.Function, which stands on a higher floor
    name: str
    site: CallSite
    if TYPE_CHECKING:

        @cached_property
        def args(self) -> tuple[Expr, ...]: ...

        @cached_property
        def allocator(self) -> Allocator | None: ...

        @cached_property
        def masks(self) -> tuple[Mask, ...]: ...

    @property
    def result(self) -> str:
        """The variable or field that the result is put into; "" where it is used in another way."""
        return use.result(self.fn.definition, self.site)

    @property
    def kept(self) -> str:
        """The field that the result is put into, without what it is a field of; "" where it goes elsewhere."""
        _, arrow, name = self.result.replace("->", ".").rpartition(".")
        return name if arrow and name.isidentifier() else ""

    @property
    def unzeroed(self) -> bool:
        """It allocates, and the memory surely has what its last owner left in it."""
        row = self.allocator
        if row is None or row.zero or row.cls not in tables.load().section("allocators")["keeps_content"]["classes"]:
            return False
        masks = self.masks
        return row.gfp < 0 or (bool(masks) and not any(mask.may("__GFP_ZERO") for mask in masks))

    @property
    def zeroes(self) -> bool:
        """It allocates, and the memory is surely all zeroes."""
        row, masks = self.allocator, self.masks
        by_mask = bool(masks) and all("__GFP_ZERO" in mask.sure for mask in masks)
        return row is not None and (row.zero or by_mask)

    @property
    def filled(self) -> str:
        """The variable that the call fills: its result, or the first argument where that is handed by address."""
        first = str(self.args[0]) if self.args else ""
        return first[1:].strip() if first.startswith("&") else self.result

    @property
    def first_use(self) -> Self | None:
        """The call that does something with what this one has filled, before anything else does."""
        found = use.after(self.fn.definition, self.site, self.filled) if self.filled else None
        inside = [call for call in self.fn.calls if found is not None and call.within(found)]
        found_by = (call for call in inside if any(use.mentions(str(arg), self.filled) for arg in call.args))
        return cast("Self | None", next(found_by, None))

    def within(self, node: Node) -> bool:
        """The call stands in ``node``."""
        return node.start_byte <= self.site.node.start_byte and self.site.node.end_byte <= node.end_byte

    @property
    def failure_test(self) -> Node | None:
        """The ``if`` right behind the call that asks whether it failed."""
        found = next(use.followers(self.fn.definition, self.site, self.result), None) if self.result else None
        return found if found is not None and use.failure_test(self.fn.definition, found, self.result) else None

    @cached_property
    def fails(self) -> str:
        """How the pointer that it returns says that it failed: "null" or "errptr"; "" where that is not known."""
        row, other = self.allocator, tables.load().section("allocators")["failure"]
        if self.name in other["changing"]:
            return ""
        if row is not None:
            ways = {"null": "null", "zero": "null", "errptr": "errptr"} if row.cls not in other["coded"] else {}
            return ways.get(row.fail, "")
        if self.site.indirect:
            return ""
        return next((how for how in ("null", "errptr") if self.name in other[how]), "")

    @property
    def checks(self) -> tuple[questions.Check, ...]:
        """The questions asked of the result next, in the same block."""
        return questions.next_checks(self.fn.definition, self.site, self.result) if self.result else ()

    def ever_asked(self, *asks: questions.Question) -> bool:
        """The function asks one of these questions of the result's variable, somewhere."""
        return questions.asked_anywhere(self.fn.definition, self.result, *asks)

    @property
    def followed(self) -> Node | None:
        """Where the result is followed as a pointer, before anything else is done with it."""
        writers = tables.load().section("flow")["lifetime"]["fills"]
        return questions.followed(self.fn.definition, self.site, self.result, writers) if self.result else None

    @property
    def asked_for(self) -> str:
        """What is asked of the result next: "null", "error"; "" where it is both, or nothing."""
        asked = {check.asks for check in self.checks}
        return next(iter(asked)) if len(asked) == 1 and "either" not in asked else ""

    @property
    def discarded(self) -> bool:
        """The result is thrown away, also where a cast to void says so."""
        return self.statement or use.discarded(self.site)

    @property
    def statement(self) -> bool:
        """The call stands alone as a statement: its result is not used."""
        parent = self.site.node.parent
        return parent is not None and parent.type == "expression_statement"

    @cached_property
    def cleared_by(self) -> Self | None:
        """The call that fills all of the result with zeroes, where that is the next thing done with it."""
        facts, fn = tables.load().section("allocators")["zeroing"], self.fn.definition
        here = [call for call in self.fn.calls if call.name in facts["by_hand"] and not call.site.indirect]
        order, pages = self.arg("order"), facts["by_page"]
        cls = self.allocator.cls if self.allocator is not None else ""
        if cls in facts["addresses"] and order is not None and order.number != 0:
            return None  # of several pages
        one = cls in facts["pages"] and (order is None or order.number == 0)
        for call in here:
            page = one and call.name in pages and use.clears_page(fn, self.site, call.site, facts["address"])
            if page or use.clears(fn, self.site, call.site, self._sizes, cls in facts["addresses"]):
                return cast("Self", call)
        return None

    @property
    def fresh(self) -> Self | None:
        """The allocation of what this call fills with zeroes: its function's only caller makes it, and does nothing
        with it but to hand it over."""
        places = use.clears_param(self.fn.definition, self.site) if self.fn.definition.static else None
        if places is None or not self.fn.file.whole or self.fn.file.named(self.fn.name) != 2:
            return None
        for caller in self.fn.callers:
            for call in caller.calls_to(self.fn.name):
                args = [use.fold(caller.definition, call.site.args[place]) for place in places]
                for made in (made for made in caller.calls if made.result == args[0]):
                    whole = [use.fold(caller.definition, size) for size in made._sizes] == args[1:]
                    if whole and use.only_handed(caller.definition, made.site, call.site, args[0]):
                        return cast("Self", made)
        return None

    @property
    def overwritten_by(self) -> Self | None:
        """The call that copies something into all of the result, where that is the next thing done with it."""
        copies = tables.load().section("flow")["lifetime"]["copies"]["names"]
        here = [call for call in self.fn.calls if call.name in copies and not call.site.indirect]
        found = (call for call in here if use.overwrites(self.fn.definition, self.site, call.site, self._sizes))
        return cast("Self | None", next(found, None))

    @property
    def only_nothing(self) -> Node | None:
        """Where its result, a count, is asked whether it is nothing, if nothing else is done with it."""
        if questions.nothing_asked(self.fn.definition, self.site):
            return self.site.node
        return (
            questions.only_nothing(self.fn.definition, self.site, self.result) if self.result.isidentifier() else None
        )

    @property
    def _sizes(self) -> list[Node]:
        return [arg.node for arg in (self.arg("count"), self.arg("size")) if arg is not None]

    def arg(self, role: str) -> Expr | None:
        """The argument that is the allocation's "size", "count", "order" or "nid"; None where it has none."""
        index: int = getattr(self.allocator, role) if self.allocator is not None else -1
        return self.args[index] if 0 <= index < len(self.args) else None

    def freed_by(self, name: str) -> bool:
        """The function gives back what this call allocates."""
        ways = tables.load().section("allocators")["frees"][name]
        return self.allocator is None or any(way in ways for way in self.allocator.free)

    @property
    def may_sleep(self) -> bool:
        """The function called may sleep whatever it is given: sleep.toml."""
        return not self.site.indirect and self.name in sleepers()
