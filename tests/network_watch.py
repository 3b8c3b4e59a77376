"""Runs a command and sees every attempt of it, and of all that it starts, to reach a network or to look up a name.

By the kernel (seccomp notifications), so that calls from C++ are seen as well as Python's, without root and without any
tool. Each attempt is refused besides. Linux on x86-64 and ARM only; elsewhere `watchable` says why not.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Of linux/seccomp.h, linux/filter.h and linux/audit.h.
_NO_NEW_PRIVILEGES, _SET_FILTER, _NEW_LISTENER = 38, 1, 8
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
_REFUSED, _GO_ON = 13, 1
# Numbers of seccomp, socket and connect, and the kernel's name of the machine.
_CALLS = {"x86_64": (317, 41, 42, 0xC000003E), "aarch64": (277, 198, 203, 0xC00000B7)}
_FAMILIES = {int(socket.AF_INET): "IPv4", int(socket.AF_INET6): "IPv6"}
_RESOLVERS = ("resolve", "avahi")


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("rules", ctypes.c_void_p))


@dataclass(frozen=True)
class Watched:
    """`attempts`: what was tried, with the command line of the process that did."""

    code: int
    out: str
    error: str
    attempts: list[str]


def watchable() -> str:
    """Why nothing can be watched here; empty when it can."""
    if sys.platform != "linux":
        return "watching calls needs Linux"
    return "" if platform.machine() in _CALLS else f"the calls of {platform.machine()} are not known"


def watched(command: Sequence[str], environment: Mapping[str, str], timeout: float = 250) -> Watched:
    """Run `command` to its end. Raises OSError where the kernel refuses to watch, and TimeoutExpired."""
    ours, theirs = socket.socketpair()
    prepare = _installer(theirs)
    with ours, theirs, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=error, preexec_fn=prepare
        )
        _, (listener,), _, _ = socket.recv_fds(ours, 1, 1)
        attempts: list[str] = []
        watch = threading.Thread(target=_listen, args=(listener, attempts), daemon=True)
        watch.start()
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
            process.wait()
            # Ends when the last process under the filter has.
            watch.join(timeout)
        out.seek(0)
        error.seek(0)
        return Watched(code, out.read().decode("utf-8", "replace"), error.read().decode("utf-8", "replace"), attempts)


def _installer(theirs: socket.socket) -> Callable[[], None]:
    """What the child does between fork and exec."""
    seccomp, make_socket, connect, machine = _CALLS[platform.machine()]
    rules = [
        (_LOAD, 0, 0, _MACHINE),
        (_JUMP_IF_EQUAL, 0, 6, machine),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_EQUAL, 5, 0, connect),
        (_JUMP_IF_EQUAL, 0, 3, make_socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 2, 0, int(socket.AF_INET)),
        (_JUMP_IF_EQUAL, 1, 0, int(socket.AF_INET6)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _NOTIFY),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
    program = _Filter(len(rules), ctypes.addressof(code))
    library = ctypes.CDLL(None, use_errno=True)

    def install() -> None:
        # The buffer must live as long as this function.
        assert code
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        listener = library.syscall(seccomp, _SET_FILTER, _NEW_LISTENER, ctypes.byref(program))
        if listener < 0:
            raise OSError(ctypes.get_errno(), "the kernel refuses to watch this process")
        socket.send_fds(theirs, [b"x"], [listener])
        os.close(listener)

    return install


def _listen(listener: int, attempts: list[str]) -> None:
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while not poll.poll()[0][1] & select.POLLHUP:
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, notice)
            number, process, _, call, *more = _NOTICE.unpack(notice)
            attempt = _attempt(process, call, more[2:])
            flags = 0 if attempt else _GO_ON
            if attempt:
                attempts.append(attempt)
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(number, 0, -_REFUSED if attempt else 0, flags))
        except FileNotFoundError:
            # The process ended while it was asked about.
            continue
    os.close(listener)


def _attempt(process: int, call: int, arguments: Sequence[int]) -> str:
    """In words; empty for what stays on this machine."""
    command = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    if call == _CALLS[platform.machine()][1]:
        return f"{_FAMILIES[arguments[0] & 0xFFFFFFFF]} by {command}"
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        memory.seek(arguments[1])
        address = memory.read(min(arguments[2], 128))
    if address[:2] != struct.pack("=H", int(socket.AF_UNIX)):
        return ""
    path = address[2:].strip(b"\0").decode("utf-8", "replace")
    return f"a look-up at {path} by {command}" if any(name in path for name in _RESOLVERS) else ""
