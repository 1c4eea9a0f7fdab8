"""A process seen from outside: its processor time, its memory, and the core it may use."""

import ctypes
import os
import resource
import time
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, user and system, of all its threads.

    From the process's own clock: the ticks in /proc/<pid>/stat are 10 ms, a tenth of what a minute
    of audio costs.
    """
    clock = ctypes.c_int()
    if error := _libc.clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise OSError(error, os.strerror(error))
    return time.clock_gettime(clock.value)


def resident_bytes(pid: int) -> int:
    """Memory of a process that lies in RAM."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def cores() -> tuple[set[int], set[int]]:
    """The server's core and the load generator's; the same one where there is but one."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, {usable[-1]}


def pin(wanted: set[int]) -> None:
    """Keep this process, and those it starts from now on, to these cores."""
    os.sched_setaffinity(0, wanted)


def raise_file_limit() -> int:
    """Allow as many open files as the system lets us; gives how many that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
