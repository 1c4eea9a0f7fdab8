"""What every vault promises."""

import asyncio
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.vault.blocks import BLOCK_BYTES, seal, unseal
from tests.sessions_app.vault.recordings import BLOCK, append_all, everything
from tests.speech import burst


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 900), st.integers(0, 3_000), st.booleans()),
        max_size=25,
    )
)
async def test_any_interleaving_of_appends_replays_and_reads_keeps_the_bytes(make_vault, steps):
    vault, truth, key = make_vault(block_bytes=1_000), burst(3).tobytes(), f"1.{uuid.uuid4()}"
    kept = 0
    for back, forward, start, now in steps:
        begin, end = max(0, kept - back), min(len(truth) // 2, kept + forward)
        pcm = truth[begin * 2 : end * 2]
        # Where it would wait, nothing is done.
        done = vault.append_now(key, begin, pcm) if now else None
        assert (await vault.append(key, begin, pcm) if done is None else done) == max(kept, end)
        kept = max(kept, end)
        assert await vault.length(key) == kept
        assert await everything(vault, key, start) == truth[start * 2 : kept * 2]
    assert await everything(vault, key) == truth[: kept * 2]
    await vault.drop(key)


async def test_a_long_speech_is_read_in_blocks_of_ten_seconds_from_any_sample(make_vault, key):
    vault, speech = make_vault(), burst(47).tobytes()
    for at in range(0, len(speech), 64_000):
        await vault.append(key, at // 2, speech[at : at + 64_000])
    blocks = [block async for block in vault.read(key, 12_345)]
    assert max(map(len, blocks)) <= BLOCK_BYTES
    assert b"".join(blocks) == speech[12_345 * 2 :]


async def test_two_minutes_at_once_are_kept(make_vault, key):
    vault, speech = make_vault(), burst(120).tobytes()
    assert await vault.append(key, 0, speech) == 120 * 16_000
    assert await everything(vault, key) == speech


@pytest.mark.parametrize(("start", "pcm"), [(11, b"ab"), (-1, b"ab"), (10, b"a"), (11, b"")])
async def test_a_hole_or_half_a_sample_is_refused(make_vault, key, start, pcm):
    vault = make_vault()
    await vault.append(key, 0, bytes(20))
    with pytest.raises(ValueError, match="do not continue"):
        await vault.append(key, start, pcm)
    assert await vault.length(key) == 10


async def test_nothing_appended_is_no_recording(make_vault, key):
    vault = make_vault()
    assert await vault.append(key, 0, b"") == 0
    assert await vault.length(key) == 0
    assert await everything(vault, key) == b""


async def test_recordings_do_not_mix(make_vault, key):
    vault = make_vault()
    await vault.append(f"{key}.a", 0, b"aa")
    await vault.append(f"{key}.b", 0, b"bb")
    await vault.drop(f"{key}.b")
    assert await everything(vault, f"{key}.a") == b"aa"


async def test_a_dropped_recording_is_gone_and_another_may_begin(make_vault, key):
    vault = make_vault(block_bytes=BLOCK)
    await vault.drop(key)
    await vault.append(key, 0, burst(1).tobytes())
    await vault.drop(key)
    assert await vault.length(key) == 0
    with pytest.raises(ValueError, match="do not continue"):
        await vault.append(key, 16_000, b"ab")
    await vault.append(key, 0, b"new!")
    assert await everything(vault, key) == b"new!"


async def test_reading_ends_when_the_audio_is_dropped_meanwhile(make_vault, key):
    vault, speech = make_vault(block_bytes=BLOCK), burst(1).tobytes()
    await vault.append(key, 0, speech)
    reading = vault.read(key)
    assert speech.startswith(await anext(reading))
    await vault.drop(key)
    with pytest.raises(StopAsyncIteration):
        await anext(reading)


async def test_reading_goes_on_into_what_is_appended_meanwhile(make_vault, key):
    vault, speech = make_vault(block_bytes=BLOCK), burst(1).tobytes()
    await vault.append(key, 0, speech[:6_000])
    read = b""
    async for block in vault.read(key):
        read += block
        await vault.append(key, 3_000, speech[6_000:])
    assert read == speech


async def test_another_thread_with_its_own_loop_reads_and_drops_what_this_one_appends(
    make_vault, key
):
    vault, speech = make_vault(), burst(25).tobytes()
    await vault.append(key, 0, speech)
    assert await asyncio.to_thread(lambda: asyncio.run(everything(vault, key))) == speech
    await asyncio.to_thread(lambda: asyncio.run(vault.drop(key)))
    assert await vault.length(key) == 0


async def test_writers_that_overlap_in_a_hand_over_keep_one_speech(make_vault, key):
    vault, speech = make_vault(block_bytes=BLOCK), burst(8).tobytes()
    cuts = [(800,), (331, 1_700), (64, 4_000, 1)]
    await asyncio.gather(*(append_all(vault, key, speech, each) for each in cuts))
    assert await everything(vault, key) == speech


@given(raw=st.binary(min_size=2, max_size=4_000).map(lambda raw: raw[: len(raw) // 2 * 2]))
def test_sealing_loses_nothing(raw):
    assert unseal(seal(raw)) == raw
