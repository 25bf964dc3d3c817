"""What runs inside a process that reads untrusted files: nothing but reading, within limits."""

import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ingest.errors import UserError
from ingest.read import read_file
from ingest.read.limits import Limits, check_file

LENGTH = struct.Struct(">Q")
OUT_OF_MEMORY = 77  # exit code
# What no parser needs: the network, other programs, other processes.
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


def serve(requests: BinaryIO, replies: BinaryIO, memory: int) -> NoReturn:
    """Answer one JSON request a line, each reply after its length, then end the process."""
    code = 1
    try:
        _confine(memory)
        for line in requests:
            request = json.loads(line)
            limits = Limits(**request["limits"])
            _set_clock(limits)
            reply = json.dumps(reply_of(Path(request["path"]), request["column"], limits)).encode()
            replies.write(LENGTH.pack(len(reply)) + reply)
            replies.flush()
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    finally:
        os._exit(code)


def reply_of(path: Path, column: str | None, limits: Limits) -> dict[str, Any]:
    """What stands in a file as plain values: {"reason"} or {"read"} or {"rows"}.

    Raises MemoryError: a process that ran out of memory reads nothing more.
    """
    try:
        check_file(path, limits)
        read = read_file(path, column)
    except UserError as error:
        return {"reason": str(error)}
    except MemoryError:
        raise
    except RecursionError:
        return {"reason": "is nested too deeply to be read"}
    except Exception as error:  # noqa: BLE001  whatever a parser raises is one file's reason
        return {"reason": f"cannot be read: its parser failed ({type(error).__name__})"}
    reads = read if isinstance(read, list) else [read]
    if max(len(each.text) for each in reads) > limits.text:
        return {"reason": f"holds more than {limits.text / 1e6:g} million characters of text"}
    values = [asdict(each) for each in reads]
    return {"rows": values} if isinstance(read, list) else {"read": values[0]}


def _confine(memory: int) -> None:
    """Give up what reading a file does not need."""
    _cap(resource.RLIMIT_AS, memory)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(0, 2)
    sys.addaudithook(_refuse)


def _set_clock(limits: Limits) -> None:
    """An alarm that ends this process when the one that watches it was killed."""
    signal.alarm(int(limits.seconds) + 5)


def _cap(kind: int, value: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows no cap on address space
        resource.setrlimit(kind, (value, value))


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(event)
