# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: which command it is, and what becomes of its errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from gfplint import __version__

COMMANDS = ("check", "rules", "explain", "try", "parse", "hook", "baseline", "config", "completion", "facts")


def _command(name: str) -> Callable[[Sequence[str]], int]:
    """The function of a command, imported when it is the one."""
    if name == "check":
        from gfplint.cli.check import main

        return main
    from gfplint.cli import others

    found: Callable[[Sequence[str]], int] = getattr(others, "try_" if name == "try" else name)
    return found


def run() -> None:
    """The program: ``main()``, then out at once.

    To take the interpreter apart, and to look for garbage while modules are
    loaded, takes a fifth of a run on one mail.
    """
    import gc

    gc.set_threshold(50_000)
    from gfplint.cli import keep  # after that: nothing of what it brings is garbage

    keep.restore()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    try:
        status = main()
        sys.stdout.flush()
        sys.stderr.flush()
        if "gfplint.cli.pager" in sys.modules:
            sys.modules["gfplint.cli.pager"].finish()
        keep.keep()
    except OSError as error:  # a full disk under the output
        os.write(2, f"gfplint: cannot write: {error.strerror}\n".encode())
        status = 2
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run gfplint; returns the exit status, never raises for bad input."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args and args[0] in ("-h", "--help", "help"):
        from gfplint.cli.help import overview

        print(overview(), end="")
        return 0
    if args and args[0] in ("-V", "--version", "version"):
        print(f"gfplint {__version__}")
        return 0
    from gfplint.cli.common import Usage, complain

    try:
        if args and args[0] not in COMMANDS and args[0].isalpha() and not os.path.exists(args[0]):
            _no_command(args)
        name = args.pop(0) if args and args[0] in COMMANDS else "check"
        return _flushed(_command(name)(args))
    except Usage as error:
        complain(error)
        return 2
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _broken(error)


def _flushed(status: int) -> int:
    """Write out what is printed; a disk that is full is one line, if nobody has said it yet."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer goes nowhere
        if status != 2:
            os.write(2, f"gfplint: cannot write: {error.strerror}\n".encode())
        return 2
    return status


def _no_command(args: Sequence[str]) -> None:
    """A word that is neither a command nor a file, but nearly a command.  Raises Usage."""
    from difflib import get_close_matches

    from gfplint.cli.common import Usage

    near = get_close_matches(args[0], COMMANDS, 1, 0.7)
    if near and not {"-g", "--git"} & set(args):  # there it may be a branch
        raise Usage(f"unknown command '{args[0]}', did you mean '{near[0]}'?")


def _broken(error: Exception) -> int:
    """A table that cannot be used, or a fault of gfplint itself: one line, and never status 1, which means findings."""
    from gfplint.cli.common import complain
    from gfplint.facts.schema import FactError  # only here: no run without a broken table needs it

    if "GFPLINT_TRACEBACK" in os.environ:
        raise error
    if isinstance(error, FactError):
        complain(error)
        return 2
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace is not None else ""
    complain(f"internal error: {type(error).__name__}: {error}{where}; GFPLINT_TRACEBACK=1 shows the way there")
    return 2
