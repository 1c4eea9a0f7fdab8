"""What is the Redis vault's own: it outlives its processes, and says what it cannot do."""

import asyncio
import contextlib
import multiprocessing
import signal
import threading
from pathlib import Path

import pytest
import redis

from sessions_app.vault import VaultFullError, VaultUnavailableError
from sessions_app.vault import redis as module
from sessions_app.vault.blocks import seal
from sessions_app.vault.redis import TTL_SECONDS, RedisVault
from tests.redis_server import own_redis
from tests.sessions_app.vault.recordings import BLOCK, append_all, append_until_killed, everything
from tests.speech import burst

pytestmark = pytest.mark.stack


@pytest.fixture
def vault(redis_url) -> RedisVault:
    return RedisVault(redis_url, block_bytes=BLOCK, ttl_seconds=60)


@pytest.fixture
def server(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        yield client


def keys(server: redis.Redis, key: str) -> list[bytes]:
    return sorted(server.scan_iter(f"*{key}*"))


class SlowSeal:
    """Holds every sealing until it is let go."""

    def __init__(self, monkeypatch) -> None:
        self.encoding, self._go_on = threading.Event(), threading.Event()
        monkeypatch.setattr(module, "seal", self)

    def __call__(self, raw: bytes) -> bytes:
        self.encoding.set()
        self._go_on.wait()
        return seal(raw)

    def let_go(self) -> None:
        self._go_on.set()


def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(vault, key, redis_url):
    # Forked from a process that has everything imported: a life takes milliseconds.
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([append_until_killed.__module__, module.__name__])
    truth = burst(60).tobytes()
    before = 0
    with asyncio.Runner() as runner:
        for life in range(30):
            heard, told = forking.Pipe(duplex=False)
            args = (redis_url, key, truth, life, told)
            child = forking.Process(target=append_until_killed, args=args)
            child.start()
            told.close()
            acknowledged = [before]
            with contextlib.suppress(EOFError):
                while True:
                    acknowledged.append(heard.recv())
            child.join()
            assert child.exitcode == -signal.SIGALRM
            heard.close()
            read = runner.run(everything(vault, key, before))
            kept = before + len(read) // 2
            assert max(acknowledged) <= kept <= len(truth) // 2
            assert read == truth[before * 2 : kept * 2]
            before = max(0, kept - 2 * BLOCK)
        runner.run(append_all(vault, key, truth, [9_000]))
        assert runner.run(everything(vault, key)) == truth


async def test_death_between_encoding_and_sealing_leaves_the_audio_raw(
    vault, key, server, monkeypatch
):
    slow, speech = SlowSeal(monkeypatch), burst(1).tobytes()
    appending = asyncio.create_task(vault.append(key, 0, speech))
    await asyncio.to_thread(slow.encoding.wait)
    appending.cancel()
    slow.let_go()
    with pytest.raises(asyncio.CancelledError):
        await appending
    assert await everything(vault, key) == speech
    blocks, tail = keys(server, key)
    assert server.llen(blocks) == 1
    # The next append does what was left undone.
    await vault.append(key, 16_000, b"ab")
    assert await everything(vault, key) == speech + b"ab"
    assert server.llen(blocks) > 10
    assert server.strlen(tail) < 2 * BLOCK


async def test_of_two_that_seal_the_same_block_one_does(vault, key, server, monkeypatch):
    slow, speech = SlowSeal(monkeypatch), burst(0.2).tobytes()
    first = asyncio.create_task(vault.append(key, 0, speech))
    await asyncio.to_thread(slow.encoding.wait)
    slow.encoding.clear()
    second = asyncio.create_task(vault.append(key, 3_200, b"ab"))
    await asyncio.to_thread(slow.encoding.wait)
    slow.let_go()
    assert (await first, await second) == (3_200, 3_201)
    assert await everything(vault, key) == speech + b"ab"


async def test_what_was_dropped_while_it_was_sealed_is_not_put_into_the_next_recording(
    vault, key, monkeypatch
):
    slow, speech = SlowSeal(monkeypatch), burst(0.2, seed=1).tobytes()
    appending = asyncio.create_task(vault.append(key, 0, burst(0.2).tobytes()))
    await asyncio.to_thread(slow.encoding.wait)
    await vault.drop(key)
    again = asyncio.create_task(vault.append(key, 0, speech))
    slow.let_go()
    await asyncio.gather(appending, again)
    assert await everything(vault, key) == speech


@pytest.mark.parametrize("lost", [0, 1])
async def test_half_a_recording_is_none(vault, key, server, lost):
    await vault.append(key, 0, burst(1).tobytes())
    server.delete(keys(server, key)[lost])
    assert await vault.length(key) == 0
    assert await everything(vault, key) == b""
    with pytest.raises(ValueError, match="do not continue"):
        await vault.append(key, 16_000, b"ab")
    assert await vault.append(key, 0, b"ab") == 1
    assert await everything(vault, key) == b"ab"


async def test_every_key_expires_and_an_append_puts_it_off(vault, key, server, redis_url):
    assert TTL_SECONDS == 24 * 3_600 + 25 * 60
    await vault.append(key, 0, burst(1).tobytes())
    assert len(keys(server, key)) == 2
    assert all(0 < server.ttl(name) <= 60 for name in keys(server, key))
    longer = RedisVault(redis_url, block_bytes=BLOCK, ttl_seconds=6_000)
    await longer.append(key, 16_000, b"ab")
    assert all(5_900 < server.ttl(name) <= 6_000 for name in keys(server, key))
    await vault.drop(key)
    assert keys(server, key) == []


async def test_the_keys_name_club_and_speech(vault, server, key):
    await vault.append(key, 0, b"ab")
    assert all(name.startswith(b"speechcoach.vault.") for name in keys(server, key))
    await vault.drop(key)


async def test_a_full_redis_says_so_and_keeps_what_it_has(tmp_path):
    with own_redis(tmp_path, "--maxmemory", "4mb") as url:
        vault, speech = RedisVault(url), burst(300).tobytes()
        with pytest.raises(VaultFullError):
            await append_all(vault, "1.a", speech, [32_000])
        kept = await vault.length("1.a")
        assert kept > 0
        assert await everything(vault, "1.a") == speech[: kept * 2]
        # A replay of what is there needs no room.
        assert await vault.append("1.a", 0, speech[:2_000]) == kept
        await vault.drop("1.a")
        assert await vault.append("1.b", 0, speech[:64_000]) == 32_000


async def test_a_redis_that_is_gone_says_so_and_one_that_came_back_empty_shows_the_hole(tmp_path):
    with own_redis(tmp_path) as url:
        vault = RedisVault(url)
        await vault.append("1.a", 0, b"ab")
    for call in (vault.append("1.a", 1, b"cd"), vault.length("1.a"), vault.drop("1.a")):
        with pytest.raises(VaultUnavailableError):
            await call
    with pytest.raises(VaultUnavailableError):
        await everything(vault, "1.a")
    with own_redis(tmp_path):
        with pytest.raises(ValueError, match="do not continue"):
            await vault.append("1.a", 1, b"cd")
        assert await vault.append("1.a", 0, b"abcd") == 2


async def test_a_long_speech_takes_less_than_it_is(redis_url, key, server):
    vault, speech = RedisVault(redis_url, ttl_seconds=60), burst(60, 300).tobytes()
    for at in range(0, len(speech), 64_000):
        await vault.append(key, at // 2, speech[at : at + 64_000])
    blocks, _ = keys(server, key)
    assert server.llen(blocks) == 1 + 5
    assert server.memory_usage(blocks, samples=0) < 0.8 * 5 * 320_000
    await vault.drop(key)


def test_a_loop_that_ends_closes_its_connections(redis_url, key):
    vault = RedisVault(redis_url, ttl_seconds=60)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        asyncio.run(vault.append(key, 0, b"ab"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert vault._redis._clients == {}
    asyncio.run(vault.drop(key))
