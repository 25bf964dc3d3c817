"""Has files read by child processes with caps on what each file may cost.

Runs as `python -m ingest.read.worker`, started by read_safely: one JSON request a line on stdin,
for each a reply on stdout, its length first. A parser is imported once, before the first of its
files, and children are forked. A child reads a few files one after the other, because a fork costs
more than a short file does; one that fails is not used again, and the file is tried once more by a
child that has read no other.
"""

import gc
import json
import logging
import os
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.read import READERS, TABLES, reader
from ingest.read.child import LENGTH, OUT_OF_MEMORY, serve
from ingest.read.limits import Limits

FILES = 20  # that one child reads


def main() -> None:
    """Answer requests until stdin ends."""
    logging.disable(logging.CRITICAL)  # parsers report every oddity of a file
    child: Child | None = None
    warm: set[str] = set()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        suffix = Path(request["path"]).suffix.lower()
        if suffix not in warm:
            warm_up(suffix)
            warm.add(suffix)
            stop(child)
            child = None
        child, reply = answer(child, line, Limits(**request["limits"]))
        sys.stdout.buffer.write(LENGTH.pack(len(reply)) + reply)
        sys.stdout.buffer.flush()


def warm_up(suffix: str) -> None:
    """Import what reads such files, so that the children forked from now on share it."""
    if suffix in READERS | TABLES:
        reader(suffix)
    if READERS.get(suffix) == "html.read_html":
        from ingest.read.html import warm

        warm()
    gc.freeze()  # what a child never touches need not be copied for it


@dataclass
class Child:
    """A forked process that reads files. served: how many it has read so far."""

    pid: int
    requests: int
    replies: int
    served: int = 0

    def exit_code(self) -> int:
        """How the process ended; a negative number is a signal."""
        os.close(self.requests)
        os.close(self.replies)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def answer(child: Child | None, request: bytes, limits: Limits) -> tuple[Child | None, bytes]:
    """The reply to one request, and the child for the next one where it can go on."""
    child = child or start(limits)
    reply, reason = ask(child, request, limits)
    if reply:
        child.served += 1
        if child.served < FILES:
            return child, reply
        stop(child)
        return None, reply
    if reason is None:
        code = child.exit_code()
        if child.served:
            return answer(None, request, limits)
        reason = reason_of_death(code, limits)
    else:
        stop(child)
    return None, json.dumps({"reason": reason}).encode()


def start(limits: Limits) -> Child:
    """Fork a child that waits for requests."""
    requests, to_child = os.pipe()
    from_child, replies = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(to_child)
        os.close(from_child)
        serve(os.fdopen(requests, "rb"), os.fdopen(replies, "wb"), limits.memory)
    os.close(requests)
    os.close(replies)
    return Child(pid, to_child, from_child)


def stop(child: Child | None) -> None:
    """End a child's process; what it was reading is lost."""
    if child is not None:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.exit_code()


def ask(child: Child, request: bytes, limits: Limits) -> tuple[bytes, str | None]:
    """A child's reply, or the reason to stop it; neither where it has ended."""
    with suppress(BrokenPipeError):
        os.write(child.requests, request)
    received = bytearray()
    end = time.monotonic() + limits.seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([child.replies], [], [], left)[0]:
            continue
        part = os.read(child.replies, 1 << 20)
        if not part:
            return b"", None
        received += part
        if len(received) > limits.output:
            return b"", f"gives more than {limits.output / 1e6:g} MB of text"
        if len(received) >= LENGTH.size + _announced(received):
            return bytes(received[LENGTH.size :]), None
    return b"", f"took longer than {limits.seconds:g} s to read"


def _announced(received: bytearray) -> int:
    return int(LENGTH.unpack_from(received)[0]) if len(received) >= LENGTH.size else 0


def reason_of_death(code: int, limits: Limits) -> str:
    """What a child's exit code says of the file that it read."""
    if code in {OUT_OF_MEMORY, -signal.SIGKILL}:
        return f"needs more than {limits.memory / 1e9:g} GB of memory"
    return "made its parser crash: it is damaged, or made to do harm"


if __name__ == "__main__":
    main()
