"""Runs something in a forked child and kills it at a chosen write, counted over all its threads.

The parent follows the child's system calls (ptrace), so writes of C and Rust libraries count as
well. Linux only; `can_trace` says whether it works here.
"""

import ctypes
import os
import platform
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Calls that change an open file: write, pwrite, writev, pwritev, fsync, fdatasync, ftruncate,
# sendfile.
FILE_WRITES = {
    "x86_64": {1, 18, 20, 296, 74, 75, 77, 40},
    "aarch64": {64, 68, 66, 70, 82, 83, 46, 71},
}
# And a folder: rename, mkdir, rmdir, unlink and their "at" forms, and copy_file_range.
FOLDER_WRITES = {
    "x86_64": {82, 83, 84, 87, 258, 263, 264, 316, 326},
    "aarch64": {34, 35, 38, 276, 285},
}
TRACEME, CONTINUE_TO_CALL, SET_OPTIONS, CALL_INFO = 0, 24, 0x4200, 0x420E
MARK_CALLS, FOLLOW_THREADS, END_WITH_PARENT = 1, 8, 1 << 20
ALL_THREADS = 0x40000000  # for waitpid: threads are children of a kind of their own
ENTRY = 1


@dataclass(frozen=True)
class Ran:
    """writes: that the child began. code: its exit code, None if it was killed at the last one."""

    writes: int
    code: int | None


def can_trace() -> bool:
    """Whether a child's system calls can be followed on this machine."""
    if sys.platform != "linux" or platform.machine() not in FILE_WRITES:
        return False
    try:
        return run_traced(lambda: os.fsync(os.open("/", os.O_RDONLY)), 1).code is None
    except OSError:
        return False


def run_traced(
    action: Callable[[], object], kill_at: int | None = None, below: Path = Path("/")
) -> Ran:
    """Run `action` in a child; SIGKILL it when it begins its write number `kill_at` (from 1).

    Writes to open files count where these lie below a folder: pipes and deleted files do not.
    """
    child = os.fork()
    if not child:
        _run(action)
    os.waitpid(child, 0)
    _ptrace(SET_OPTIONS, child, 0, MARK_CALLS | FOLLOW_THREADS | END_WITH_PARENT)
    _ptrace(CONTINUE_TO_CALL, child)
    writes, killed = 0, False
    while True:
        thread, status = os.waitpid(-1, ALL_THREADS)
        if not os.WIFSTOPPED(status):
            if thread == child:  # it ends last, after all of its threads
                return Ran(writes, None if killed else os.waitstatus_to_exitcode(status))
            continue
        if not killed and _begins_write(thread, status, below):
            writes += 1
            if writes == kill_at:
                os.kill(child, signal.SIGKILL)
                killed = True
        _ptrace(CONTINUE_TO_CALL, thread, 0, _passed_on(status), dead_is_fine=True)


def run_forked(action: Callable[[], object]) -> int:
    """Run `action` in a child; its exit code is 1 if that raised."""
    child = os.fork()
    if not child:
        _exit_after(action)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(action: Callable[[], object]) -> None:
    _ptrace(TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    _exit_after(action)


def _exit_after(action: Callable[[], object]) -> None:
    code = 1
    try:
        action()
        code = 0
    except BaseException:  # noqa: BLE001  a child must end here and not go on as its parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _begins_write(thread: int, status: int, below: Path) -> bool:
    if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
        return False
    info = (ctypes.c_uint64 * 16)()
    if (
        _ptrace(CALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info), dead_is_fine=True)
        < 0
    ):
        return False
    call, machine = int(info[3]), platform.machine()
    if info[0] & 0xFF != ENTRY:
        return False
    return call in FOLDER_WRITES[machine] or (
        call in FILE_WRITES[machine] and _lies_below(thread, int(info[4]), below)
    )


def _lies_below(thread: int, descriptor: int, folder: Path) -> bool:
    try:
        name = str(Path(f"/proc/{thread}/fd/{descriptor}").readlink())
    except OSError:
        return False
    return name.startswith(str(folder)) and not name.endswith(" (deleted)")


def _passed_on(status: int) -> int:
    """The signal to hand on to the thread; stops that tracing itself makes are none."""
    number = os.WSTOPSIG(status)
    return 0 if number in {signal.SIGTRAP, signal.SIGTRAP | 0x80, signal.SIGSTOP} else number


def _ptrace(
    request: int, pid: int, address: int = 0, value: int = 0, *, dead_is_fine: bool = False
) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.restype = ctypes.c_long
    library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    result = int(library.ptrace(request, pid, address, value))
    if result < 0 and not dead_is_fine:
        raise OSError(ctypes.get_errno(), "ptrace")
    return result
