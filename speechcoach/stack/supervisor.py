"""All processes of the stack: started in order, stopped in the other."""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from speechcoach.stack.process import Program, StackError, Supervised

START_SECONDS: Final = 300.0
"""What a process may take until it is ready. Only one that fails takes that long."""

Write = Callable[[str, str], None]


def prefixed(names: Sequence[str]) -> Write:
    """Prints lines under the names of those that wrote them."""
    width = max(map(len, names), default=0)
    lock = threading.Lock()

    def write(name: str, line: str) -> None:
        with lock:
            print(f"{name:<{width}} | {line}", flush=True)

    return write


class Supervisor:
    """Keeps groups of programs alive.

    Args:
        layers: programs that start together, in the order in which they do; a layer starts once
            all before it are ready.
        write: takes what they write: a name and a line.
    """

    def __init__(self, layers: Sequence[Sequence[Program]], write: Write) -> None:
        self._layers = [[Supervised(program, write) for program in layer] for layer in layers]
        self._by_name = {each.name: each for layer in self._layers for each in layer}
        self._ended = threading.Event()

    def __getitem__(self, name: str) -> Supervised:
        return self._by_name[name]

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def start(self, without: Collection[str] = ()) -> None:
        """Start all but those that are to be left out.

        Raises:
            StackError: a process is not ready in time, or :meth:`end` was called; all that have
                started are stopped.
        """
        try:
            for layer in self._layers:
                wanted = [each for each in layer if each.name not in without]
                for each in wanted:
                    each.start()
                for each in wanted:
                    each.wait_ready(START_SECONDS, self._ended)
        except BaseException:
            self.stop()
            raise

    def run(self) -> None:
        """Wait until :meth:`end`."""
        self._ended.wait()

    def end(self) -> None:
        """From any thread: let :meth:`run` return, and :meth:`start` give up; again: kill all."""
        if self._ended.is_set():
            self.kill()
        self._ended.set()

    def stop(self) -> None:
        """Layer by layer from the last, each waiting for its slowest; what is down stays down."""
        for layer in reversed(self._layers):
            with ThreadPoolExecutor(len(layer) or 1) as together:
                list(together.map(Supervised.stop, layer))

    def kill(self) -> None:
        """End everything at once, for who cannot wait."""
        for each in self._by_name.values():
            each.kill()

    def restart(self, name: str) -> None:
        """As a deployment does it: told to end, waited for, started, waited for.

        Raises:
            StackError: it does not come back.
        """
        each = self[name]
        each.stop()
        each.start()
        each.wait_ready(START_SECONDS)


__all__ = ["Program", "StackError", "Supervised", "Supervisor", "prefixed"]
