"""A Redis that is killed and started again, with what it had written down or without."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


class BreakableRedis:
    """``url`` stays good. With ``persists``, what was acknowledged is there after a kill."""

    def __init__(self, folder: Path, *, persists: bool) -> None:
        self._folder, self._persists = folder, persists
        self._process: subprocess.Popen[str] | None = None
        self.url = f"unix://{folder / 'redis.sock'}"
        self.start()

    @property
    def broker_url(self) -> str:
        return self.url.replace("unix://", "redis+socket://")

    def start(self) -> None:
        """Returns when it takes connections."""
        kept = ["yes", "--appendfsync", "always"] if self._persists else ["no"]
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", "0", "--unixsocket", "redis.sock"),
                *("--dir", ".", "--save", "", "--appendonly", *kept),
            ],
            cwd=self._folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert any("eady to accept connections" in line for line in self._process.stdout)

    def kill(self) -> None:
        """SIGKILL: nobody is told, nothing is saved that was not saved before."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.kill()
        self.start()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile it is there and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.communicate()
            self._process = None


@contextlib.contextmanager
def breakable_redis(*, persists: bool = False) -> Iterator[BreakableRedis]:
    """One of a test's own. In a folder of its own: the path of a socket must be short."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server is installed")
    with TemporaryDirectory(prefix="speechcoach-redis-") as folder:
        redis = BreakableRedis(Path(folder), persists=persists)
        try:
            yield redis
        finally:
            redis.close()
