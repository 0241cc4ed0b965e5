"""A line between browsers and the server that can be cut, or fall silent as a line does when a cable is pulled."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Passes bytes on to the server's port from a port of its own."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._ends: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks; new ones may be made."""
        for end in list(self._ends):
            _hang_up(end)

    def silence(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._flows.clear()

    def flow(self) -> None:
        """What is new comes through again; the connections of before are dead."""
        self.cut()
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        _hang_up(self._listener)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._server)) as far:
            self._ends |= {near, far}
            back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
            back.start()
            self._pass_on(near, far)
            back.join()
            self._ends -= {near, far}

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._flows.wait()
                other.sendall(data)
        _hang_up(one)
        _hang_up(other)


def _hang_up(end: socket.socket) -> None:
    """Whoever reads from it or writes to it notices, here and at the far end."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
