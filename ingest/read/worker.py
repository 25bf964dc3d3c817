"""Reads files one by one, each in a child process of its own with caps on what it may cost.

Runs as `python -m ingest.read.worker`, started by read_safely: one JSON request a line on stdin,
for each a reply on stdout, its length first. The parsers are imported once; a fork is cheap.
"""

import json
import logging
import os
import resource
import select
import signal
import struct
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from ingest.errors import UserError
from ingest.read import READERS, read_file
from ingest.read.html import read_html, warm
from ingest.read.limits import Limits, check_file

LENGTH = struct.Struct(">Q")
# What no parser needs: the network, other programs, other processes.
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


def main() -> None:
    """Answer requests until stdin ends."""
    logging.disable(logging.CRITICAL)  # parsers report every oddity of a file
    cold = True
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if cold and READERS.get(Path(request["path"]).suffix.lower()) is read_html:
            warm()
            cold = False
        reply = _read_in_child(
            Path(request["path"]), request["column"], Limits(**request["limits"])
        )
        sys.stdout.buffer.write(LENGTH.pack(len(reply)) + reply)
        sys.stdout.buffer.flush()


def reply_of(path: Path, column: str | None, limits: Limits) -> dict[str, Any]:
    """What stands in a file as plain values: {"reason"} or {"read"} or {"rows"}."""
    try:
        check_file(path, limits)
        read = read_file(path, column)
    except UserError as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": memory_reason(limits)}
    except RecursionError:
        return {"reason": "is nested too deeply to be read"}
    except Exception as error:  # noqa: BLE001  whatever a parser raises is one file's reason
        return {"reason": f"cannot be read: its parser failed ({type(error).__name__})"}
    reads = read if isinstance(read, list) else [read]
    if max(len(each.text) for each in reads) > limits.text:
        return {"reason": f"holds more than {limits.text / 1e6:g} million characters of text"}
    values = [asdict(each) for each in reads]
    return {"rows": values} if isinstance(read, list) else {"read": values[0]}


def memory_reason(limits: Limits) -> str:
    return f"needs more than {limits.memory / 1e9:g} GB of memory"


def _read_in_child(path: Path, column: str | None, limits: Limits) -> bytes:
    """Fork, let the child read, and take its reply; kill it when it costs too much."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _child(path, column, limits, into)
    os.close(into)
    try:
        reply, reason = _collect(out, limits)
    finally:
        os.close(out)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    if reason is None and not reply:
        reason = _reason_of_death(os.waitstatus_to_exitcode(status), limits)
    return json.dumps({"reason": reason}).encode() if reason else reply


def _collect(out: int, limits: Limits) -> tuple[bytes, str | None]:
    """Everything the child writes until it closes the pipe, or the reason to stop."""
    parts: list[bytes] = []
    size = 0
    end = time.monotonic() + limits.seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([out], [], [], left)[0]:
            continue
        part = os.read(out, 1 << 20)
        if not part:
            return b"".join(parts), None
        parts.append(part)
        size += len(part)
        if size > limits.output:
            return b"", f"gives more than {limits.output / 1e6:g} MB of text"
    return b"", time_reason(limits)


def _child(path: Path, column: str | None, limits: Limits, into: int) -> NoReturn:
    code = 1
    try:
        _confine(limits)
        reply = json.dumps(reply_of(path, column, limits)).encode()
        with os.fdopen(into, "wb") as pipe:
            pipe.write(reply)
        code = 0
    except MemoryError:
        code = MEMORY
    finally:
        os._exit(code)


MEMORY = 77  # the exit code of a child that ran out of memory outside the parsers


def _confine(limits: Limits) -> None:
    """Give up what reading a file does not need. An alarm ends a child whose parent was killed."""
    seconds = int(limits.seconds) + 1
    signal.alarm(seconds + 5)
    _cap(resource.RLIMIT_AS, limits.memory)
    _cap(resource.RLIMIT_CPU, seconds)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(0, 2)
    sys.addaudithook(_refuse)


def _cap(kind: int, value: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows no cap on address space
        resource.setrlimit(kind, (value, value))


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(event)


def time_reason(limits: Limits) -> str:
    return f"took longer than {limits.seconds:g} s to read"


def _reason_of_death(code: int, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return time_reason(limits)
    if code in {MEMORY, -signal.SIGKILL}:
        return memory_reason(limits)
    return "made its parser crash: it is damaged, or made to do harm"


if __name__ == "__main__":
    main()
