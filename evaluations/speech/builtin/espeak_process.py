"""The voice that is always there: espeak-ng, in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, cast

from evaluations.billing import Bill
from evaluations.speech.builtin.sentences import sentences
from speechcoach.errors import ProviderError, Reason

COMMAND: Final = (sys.executable, "-m", "evaluations.speech.builtin.espeak")
SECONDS_PER_PIECE: Final = 15.0
_ROOT = Path(__file__).parents[3]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")


class EspeakSynthesizer:
    """A ``Synthesizer`` that starts one process for each script."""

    name = "builtin:espeak"
    sample_rate = 22_050
    words_per_minute = 148.0

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command

    async def synthesize(self, script: str, bill: Bill | None = None) -> AsyncIterator[bytes]:
        """See ``Synthesizer.synthesize``. Pieces of about 60 ms."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=_ROOT,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            )
        except OSError as error:
            raise ProviderError(
                Reason.UNAVAILABLE, "The voice espeak-ng could not be started."
            ) from error
        try:
            for sentence in sentences(script):
                async for pcm in _spoken(process, sentence):
                    yield pcm
        except (OSError, asyncio.IncompleteReadError) as error:
            raise ProviderError(Reason.UNAVAILABLE, "The voice espeak-ng failed.") from error
        except TimeoutError as error:
            raise ProviderError(Reason.TIMEOUT, "The voice espeak-ng took too long.") from error
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _spoken(process: asyncio.subprocess.Process, sentence: str) -> AsyncIterator[bytes]:
    # Both were asked for.
    stdin = cast("asyncio.StreamWriter", process.stdin)
    stdout = cast("asyncio.StreamReader", process.stdout)
    stdin.write(sentence.encode() + b"\n")
    await stdin.drain()
    while True:
        async with asyncio.timeout(SECONDS_PER_PIECE):
            size = int.from_bytes(await stdout.readexactly(4), "little")
            if not size:
                return
            pcm = await stdout.readexactly(size)
        yield pcm
