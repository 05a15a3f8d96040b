"""The command `kpis`, imported once and copied for each call: a document's many calls then do not each import everything.

Started as a program with the path of a socket, it serves until something comes on its standard input, or that is closed. A call is one
message: arguments, folder and environment of the caller, and its three standard streams. The answer is the exit code. That `kpis` also
starts by itself is shown in tests/pipelines/test_command_line.py.
"""

import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import pipelines.cli
import pipelines.definitions  # so that it lies in memory when a copy asks for it
from pipelines.cli.app import main

LONGEST: Final = 1 << 20
"""Bytes of a call."""

CLIENT: Final = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    call = {"arguments": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(connection, [json.dumps(call).encode()], [0, 1, 2])
    sys.exit(int(connection.recv(16)))
"""


def _answer(connection: socket.socket) -> None:
    """Run one call in a copy of this process, and say how it ended."""
    message, streams, _, _ = socket.recv_fds(connection, LONGEST, 3)
    running = os.fork()
    if not running:
        _run(json.loads(message), streams)
    _, status = os.waitpid(running, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _run(call: dict[str, Any], streams: Sequence[int]) -> NoReturn:
    """The command as the caller would have started it, to the end of this process."""
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.argv = ["kpis", *call["arguments"]]
    main()
    sys.exit(0)


def serve(path: str) -> None:
    """Import what commands need, then take calls."""
    for module in pkgutil.iter_modules(pipelines.cli.__path__):
        importlib.import_module(f"pipelines.cli.{module.name}")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            connection, _ = listener.accept()
            with connection:
                if not os.fork():
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _answer(connection)
                    sys.exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
