"""``python -m tests.conformance pipecat``: a client, in its environment, against the engine."""

import asyncio
import sys

from tests.conformance.environment import LOCKS, ROOT, python_of
from tests.fakes.realtime import FakeRealtime
from tests.fakes.realtime_parts import ToneVoice

WORDS = ("thank you", "stop")
SECONDS = 90


async def run(client: str) -> int:
    """The exit status of ``client``; 1 too where our end of the talk went wrong."""
    python = await asyncio.to_thread(python_of, client)
    async with FakeRealtime(WORDS, voice=ToneVoice(seconds_per_letter=0.06)) as fake:
        process = await asyncio.create_subprocess_exec(
            str(python), str(ROOT / "tests" / "conformance" / f"{client}_client.py"), fake.base_url
        )
        try:
            async with asyncio.timeout(SECONDS):
                code = await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            print(f"{client} did not finish within {SECONDS} s", file=sys.stderr)
            return 1
    errors = [event["error"] for event in fake.sent if event["type"] == "error"]
    for wrong in [*fake.faults, *errors]:
        print(f"our end: {wrong!r}", file=sys.stderr)
    return 1 if code or fake.faults or errors else 0


def main(arguments: list[str]) -> int:
    clients = arguments or ["pipecat"]
    if unknown := set(clients) - set(LOCKS):
        print(f"no such client: {', '.join(sorted(unknown))}; {', '.join(LOCKS)}", file=sys.stderr)
        return 2
    return max(asyncio.run(run(client)) for client in clients)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
