# SPDX-License-Identifier: GPL-2.0-or-later
"""The solvers: a forward worklist over a join, and one that keeps paths apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from gfplint.flow.graph import Edge, Graph
from gfplint.record import NamedTuple

S = TypeVar("S")

STEPS = 3000  # blocks processed for one function
APART = 10  # paths kept apart at one block for one lock state
STATES = 60  # lock states at one block


class Bounds(NamedTuple):
    """How much work one function may cost."""

    steps: int = STEPS
    apart: int = APART
    states: int = STATES


class Solution(NamedTuple, Generic[S]):
    """States at the entry of each block."""

    before: dict[int, list[S]]
    steps: int
    complete: bool  # False: a bound was reached, nothing can be concluded


def hopeless(graph: Graph, bounds: Bounds) -> bool:
    """There are more blocks to come to than steps to be made."""
    return len(graph.blocks) > bounds.steps and len(graph.reachable()) > bounds.steps


def forward(
    graph: Graph,
    entry: S,
    transfer: Callable[[int, S], S],
    edge: Callable[[Edge, S], S | None],
    join: Callable[[S, S], S],
    bounds: Bounds = Bounds(),
) -> Solution[S]:
    """One state a block: the join over all ways to it.  ``join`` must only ever lose knowledge."""
    if hopeless(graph, bounds):
        return Solution({}, 0, False)
    before: dict[int, S] = {0: entry}
    todo, queued, steps = [0], {0}, 0
    while todo:
        steps += 1
        if steps > bounds.steps:
            return Solution({}, steps, False)
        index = todo.pop(0)
        queued.discard(index)
        after = transfer(index, before[index])
        for way in graph.blocks[index].edges:
            state = edge(way, after)
            if state is None:
                continue
            old = before.get(way.target)
            new = state if old is None else join(old, state)
            if old is None or new != old:
                before[way.target] = new
                if way.target not in queued:
                    queued.add(way.target)
                    todo.append(way.target)
    return Solution({index: [state] for index, state in before.items()}, steps, True)


class Paths(Generic[S]):
    """What the path solver asks of its client."""

    def key(self, state: S) -> Hashable:
        """States of one key may be merged when there are too many."""
        raise NotImplementedError

    def same(self, state: S) -> Hashable:
        """All of the state but its history."""
        raise NotImplementedError

    def merge(self, one: S, two: S) -> S:
        """What both know; for states of one key."""
        raise NotImplementedError

    def history(self, one: S, two: S) -> S:
        """``one``, with the history of both; ``one`` itself where that adds nothing."""
        raise NotImplementedError

    def transfer(self, index: int, state: S) -> Iterable[S]:
        """The states at the end of a block."""
        raise NotImplementedError

    def edge(self, index: int, way: Edge, state: S) -> S | None:
        """The state on an edge; None where it cannot be taken."""
        raise NotImplementedError


def paths(graph: Graph, entry: S, client: Paths[S], bounds: Bounds = Bounds()) -> Solution[S]:
    """Keep paths apart as long as the bounds allow, then merge those that agree on what ``key`` says."""
    if hopeless(graph, bounds):
        return Solution({}, 0, False)
    seen: dict[int, dict[Hashable, S]] = {0: {client.same(entry): entry}}
    merged: dict[tuple[int, Hashable], S] = {}
    count: dict[tuple[int, Hashable], int] = {(0, client.key(entry)): 1}
    todo: list[tuple[int, S]] = [(0, entry)]
    steps = 0
    while todo:
        steps += 1
        if steps > bounds.steps:
            return Solution({}, steps, False)
        index, state = todo.pop()
        for after in client.transfer(index, state):
            for way in graph.blocks[index].edges:
                new = client.edge(index, way, after)
                if new is None:
                    continue
                added = _add(client, seen.setdefault(way.target, {}), merged, count, way.target, new, bounds)
                if added is None:
                    continue
                if len(seen[way.target]) > bounds.states * bounds.apart:
                    return Solution({}, steps, False)
                todo.append((way.target, added))
    return Solution({index: list(states.values()) for index, states in seen.items()}, steps, True)


def _add(
    client: Paths[S],
    states: dict[Hashable, S],
    merged: dict[tuple[int, Hashable], S],
    count: dict[tuple[int, Hashable], int],
    target: int,
    new: S,
    bounds: Bounds,
) -> S | None:
    """The state to go on with at ``target``; None when it brings nothing new."""
    same, key = client.same(new), (target, client.key(new))
    old = states.get(same)
    if old is not None:
        both = client.history(old, new)
        if both is old:
            return None
        states[same] = both
        return both
    if count.get(key, 0) >= bounds.apart:
        joined = merged.get(key)
        both = new if joined is None else client.merge(joined, new)
        if joined is not None and client.same(both) == client.same(joined) and client.history(joined, new) is joined:
            return None
        merged[key] = both
        new = both
        same = client.same(new)
    if same not in states:
        count[key] = count.get(key, 0) + 1
    states[same] = new
    return new
