# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail server that takes everything, for what is really sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast


@contextmanager
def serving() -> Iterator[tuple[int, list[str]]]:
    """The port of a server, and the subjects of the mails that it got."""
    got: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer, peer.makefile("rwb") as stream:
                _talk(cast(BinaryIO, stream), got)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], got
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _talk(stream: BinaryIO, got: list[str]) -> None:
    def say(text: str) -> None:
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    say("220 sink")
    while words := stream.readline().split():
        if words[0].upper() == b"DATA":
            say("354 go on")
            while (line := stream.readline()) not in (b".\r\n", b""):
                if line.startswith(b"Subject: "):
                    got.append(line.decode().strip())
        say("221 bye" if words[0].upper() == b"QUIT" else "250 ok")
