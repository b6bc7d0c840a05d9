# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements to blocks: the builder behind ``graph.build``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gfplint.flow import branches
from gfplint.flow.frame import GUARDS, Computed, Frame, Goto, Scope, Switch
from gfplint.flow.graph import Edge, Graph, Step
from gfplint.source.function import opener

if TYPE_CHECKING:
    from tree_sitter import Node


class Builder(Frame):
    """Builds one graph."""

    def graph(self) -> Graph:
        self.here = self.block()
        body = self.definition.body
        if not self.definition.complete:
            self.gap(body)
        self.compound(body)
        if self.here is not None:
            if self.definition.complete:
                self.add(Step("end", body))
                self.blocks[self.here].end = "end"
            else:
                self.blocks[self.here].end = "unknown"
        self.resolve()
        return Graph(self.definition, tuple(self.blocks), frozenset(self.split), self.gaps, self.skips)

    # Statements

    def statement(self, node: Node) -> None:
        kind = node.type
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, node)
        elif node.is_named and kind not in _NOTHING:
            self.gap(node)

    def statements(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node.is_named:
                self.statement(node)

    def compound(self, node: Node) -> None:
        unit = self.unit
        opened = node.start_byte >= unit.lead or node == self.definition.body
        closed = node.end_byte <= unit.lead + len(unit.text) or node == self.definition.body
        self.scopes.append(Scope())
        self.statements(node.children)
        self.close()
        if not opened or not closed:  # a brace that hunks do not show: whose it is, is unknown
            self.gap(node)

    def expression(self, node: Node) -> None:
        if node.has_error and _broken(node):
            self.gap(node)
            return
        inner = node.named_children[0] if node.type == "expression_statement" and node.named_child_count else node
        if inner.type == "expression_statement":
            return
        while inner.type == "comment" and inner.next_named_sibling is not None:
            inner = inner.next_named_sibling
        if inner.type == "identifier" and self.unit.token(inner) in self.words.returns:
            branches.leave(self, inner, None)
            return
        branches.evaluate(self, inner)

    def declaration(self, node: Node) -> None:
        if node.has_error and _broken(node):
            self.gap(node)
            return
        for child in node.children_by_field_name("declarator"):
            if child.type == "init_declarator":
                name = _name(child.child_by_field_name("declarator"))
                value = child.child_by_field_name("value")
                if value is not None:
                    branches.assign(self, child, name, value)
            elif (name := _name(child)) is not None and name.type == "identifier":
                self.add(Step("assign", child, name, None))

    def if_statement(self, node: Node) -> None:
        macro = opener(self.unit, node)
        if macro:
            self.opened(node, macro)
            return
        cond = node.child_by_field_name("condition")
        then, other, after = self.block(), self.block(), None
        if cond is None or (cond.has_error and _broken(cond)):
            self.gap(node)
            self.edge(self.current(), Edge(then))
            self.go(other)
        else:
            branches.condition(self, cond, then, other)
        self.here = then
        body = node.child_by_field_name("consequence")
        if body is not None:
            self.statement(body)
        after = self.block()
        alternative = node.child_by_field_name("alternative")
        if alternative is None and body is not None:
            self.skipped(other, body)
        self.fall(after)
        self.here = other
        if alternative is not None:
            self.statements(alternative.children if alternative.type == "else_clause" else [alternative])
        self.fall(after)
        self.here = after if self.reached(after) else None

    def loop(self, node: Node, cond: Node | None, update: Node | None, first: bool) -> None:
        """A while or for loop (``first``: the condition comes first), or a do loop."""
        head, body, out = self.block(), self.block(), self.block()
        again = self.block() if update is not None or not first else head
        spread = (node.start_byte, node.end_byte)
        self.go(head if first else body)
        self.here = head
        if node.type == "while_statement" and opener(self.unit, node):
            self.add(Step("loop", node))
            self.edge(head, Edge(body))
            self.go(out)
        elif cond is None:
            self.go(body)
        else:
            start = len(self.blocks)
            branches.condition(self, cond, body, out)
            if not first:
                self.mark_back({head, *range(start, len(self.blocks))}, body, spread)
        self.here = body
        if node.start_byte < self.unit.lead:  # the loop begins above the hunk
            self.gap(node)
        self.scopes.append(Scope(out, again))
        inner = node.child_by_field_name("body")
        if inner is not None:
            self.statement(inner)
        self.scopes.pop()
        if self.here is not None:
            self.go(again, spread if again == head else None)
        if again != head:
            self.here = again
            if update is not None:
                branches.evaluate(self, update)
            self.go(head, spread if first else None)
        self.here = out if self.reached(out) else None

    def mark_back(self, sources: set[int], body: int, spread: tuple[int, int]) -> None:
        for source in sources:
            edges = self.blocks[source].edges
            edges[:] = [edge._replace(back=spread) if edge.target == body else edge for edge in edges]

    def skipped(self, other: int, body: Node) -> None:
        """An if without else whose body comes to its end: ``other`` is where it is not run."""
        if self.here is not None:
            self.skips[other] = body

    def opened(self, node: Node, macro: str) -> None:
        """A macro with a block: scoped_guard(), or a loop of some kind."""
        body, cond = node.child_by_field_name("consequence"), node.child_by_field_name("condition")
        if body is None or cond is None:
            self.gap(node)
            return
        args = branches.listed(branches.stripped(cond))
        guard = None
        if macro in GUARDS and args:
            guard = Step("guard", node, args[-1] if len(args) > 1 else None, args[0])
        head, inner, out = self.block(), self.block(), self.block()
        self.go(head)
        self.here = head
        if guard is None:
            self.add(Step("loop", node))
        self.edge(head, Edge(inner))
        if guard is None:
            self.edge(head, Edge(out))
        elif macro != "scoped_guard":  # scoped_cond_guard() does something else when it does not get the lock
            lost = self.block()
            self.edge(head, Edge(lost))
            self.blocks[lost].end = "unknown"
        self.here = inner
        self.scopes.append(Scope(out, out if guard is not None else head))
        if guard is not None:
            self.add(guard)
            self.scopes[-1].guards.append(guard)
        self.statement(body)
        self.close()
        if self.here is not None:
            self.go(head if guard is None else out, None if guard is not None else (node.start_byte, node.end_byte))
        self.here = out

    def while_statement(self, node: Node) -> None:
        self.loop(node, node.child_by_field_name("condition"), None, True)

    def do_statement(self, node: Node) -> None:
        self.loop(node, node.child_by_field_name("condition"), None, False)

    def for_statement(self, node: Node) -> None:
        if node.has_error and any(child.type == "ERROR" for child in node.children):
            self.gap(node)
        initial = node.child_by_field_name("initializer")
        if initial is not None:
            self.statement(initial) if initial.type == "declaration" else branches.evaluate(self, initial)
        self.loop(node, node.child_by_field_name("condition"), node.child_by_field_name("update"), True)

    def switch_statement(self, node: Node) -> None:
        cond, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        if cond is None or body is None:
            self.gap(node)
            return
        value = branches.stripped(cond)
        branches.evaluate(self, value, keep=True)
        head, out = self.current(), self.block()
        self.here = None
        switch = Switch(value, head)
        self.scopes.append(Scope(out, None, switch))
        self.statement(body)
        self.scopes.pop()
        self.fall(out)
        for label, target in switch.labels:
            self.edge(head, Edge(target, value, True, label))
        self.edge(head, Edge(switch.default if switch.default is not None else out, value, False, None))
        self.here = out if self.reached(out) else None

    def case_statement(self, node: Node) -> None:
        switch = next((scope.switch for scope in reversed(self.scopes) if scope.switch is not None), None)
        block = self.block()
        self.fall(block)
        self.here = block
        value = node.child_by_field_name("value")
        if switch is None:
            self.gap(node)
        elif value is not None:
            switch.labels.append((value, block))
        else:
            switch.default = block
        self.statements(child for child in node.children if child.is_named and (value is None or child != value))

    def labeled_statement(self, node: Node) -> None:
        label = node.child_by_field_name("label")
        block = self.block()
        self.fall(block)
        self.here = block
        if label is not None:
            self.labels[self.unit.token(label)] = (block, tuple(self.scopes), node.start_byte)
        self.statements(child for child in node.children if child.is_named and child != label)

    def goto_statement(self, node: Node) -> None:
        label = node.child_by_field_name("label")
        if label is None or node.has_error or "*" in self.unit.source(node):
            raise Computed
        if self.here is not None:
            self.add(Step("jump", node))
            self.gotos.append(Goto(self.here, node, self.unit.token(label), tuple(self.scopes)))
        self.here = None

    def resolve(self) -> None:
        """Lead the gotos to their labels, out of the scopes that they leave."""
        for goto in self.gotos:
            found = self.labels.get(goto.label)
            self.here = goto.block
            if found is None:
                self.blocks[goto.block].end = "unknown"
                continue
            target, scopes, start = found
            self.drop(scope for scope in reversed(goto.scopes) if scope not in scopes)
            back = (start, goto.node.end_byte) if start < goto.node.start_byte else None
            self.edge(goto.block, Edge(target, jump=goto.node, back=back))
        self.here = None

    def leave(self, node: Node) -> None:
        """break or continue."""
        self.add(Step("jump", node))
        left: list[Scope] = []
        for scope in reversed(self.scopes):
            target = scope.breaks if node.type == "break_statement" else scope.again
            left.append(scope)
            if target is not None:
                if self.here is not None:
                    self.drop(left)
                    self.go(target)
                return
        self.stop("unknown")  # out of a loop that hunks do not show

    def return_statement(self, node: Node) -> None:
        if node.has_error and _broken(node):
            self.gap(node)
        value = next((child for child in node.named_children if child.type != "comment"), None)
        branches.leave(self, node, value)
        self.here = None

    def finish(self, node: Node, value: Node | bool | None) -> None:
        """Return ``value`` from here."""
        self.drop(reversed(self.scopes))
        self.add(Step("return", node, None, value))
        self.stop("return")

    def preproc(self, node: Node) -> None:
        """Conditional compilation that was left in: any branch may be the one."""
        own: list[Node] = []
        other: Node | None = None
        for index, child in enumerate(node.children):
            field = node.field_name_for_child(index)
            if field == "alternative":
                other = child
            elif field not in ("name", "condition") and child.is_named:
                own.append(child)
        then, rest, after = self.block(), self.block(), self.block()
        self.edge(self.current(), Edge(then, node, True))
        self.edge(self.here, Edge(rest, node, False))
        for block, inner in ((then, own), (rest, [other] if other is not None else [])):
            self.here = block
            self.statements(inner)
            self.fall(after)
        self.here = after if self.reached(after) else None

    def preproc_else(self, node: Node) -> None:
        self.statements(node.children)


def _name(node: Node | None) -> Node | None:
    """The identifier that a declarator declares."""
    while node is not None and node.type != "identifier":
        node = node.child_by_field_name("declarator")
    return node


def _broken(node: Node) -> bool:
    """An ERROR node inside; a missing semicolon alone (a macro) is none."""
    if node.type == "ERROR":
        return True
    return any(child.has_error and _broken(child) for child in node.children)


_NOTHING = frozenset(
    ("comment", "preproc_def", "preproc_function_def", "preproc_call", "preproc_include", "type_definition")
    + ("struct_specifier", "union_specifier", "enum_specifier", "statement_identifier", "empty_declaration")
)
_HANDLERS: dict[str, Callable[[Builder, Node], None]] = {
    "compound_statement": Builder.compound,
    "expression_statement": Builder.expression,
    "declaration": Builder.declaration,
    "if_statement": Builder.if_statement,
    "while_statement": Builder.while_statement,
    "do_statement": Builder.do_statement,
    "for_statement": Builder.for_statement,
    "switch_statement": Builder.switch_statement,
    "case_statement": Builder.case_statement,
    "labeled_statement": Builder.labeled_statement,
    "goto_statement": Builder.goto_statement,
    "break_statement": Builder.leave,
    "continue_statement": Builder.leave,
    "return_statement": Builder.return_statement,
    "preproc_ifdef": Builder.preproc,
    "preproc_if": Builder.preproc,
    "preproc_elif": Builder.preproc,
    "preproc_else": Builder.preproc_else,
}
