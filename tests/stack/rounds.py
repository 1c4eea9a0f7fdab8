"""Speeches on the production stack, each with faults at random moments: see ``play``.

    python -m tests.stack.rounds --rounds 20 --seed 1

The same seed makes the same plan again. Round 7 alone: ``--first 7 --rounds 1``.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

MOST_RECOVERY_SECONDS: Final = 30.0


async def play_all(stack: Any, vendor: Any, seed: int, numbers: Sequence[int]) -> list[Any]:
    from tests.stack.play import blows_of, play  # noqa: PLC0415 - after the setup

    rounds = []
    for number in numbers:
        rounds.append(await play(stack, vendor, blows_of(seed, number), number))
        print(f"{number:3}  {rounds[-1]}", flush=True)
    return rounds


def main() -> int:
    parser = argparse.ArgumentParser(description="Speeches with faults at random moments.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the number of the first round")
    options = parser.parse_args()

    import django  # noqa: PLC0415 - only as a command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
    django.setup()
    from tests.fakes.openai_server import KEY, openai_server  # noqa: PLC0415
    from tests.faults.whole_speech import SCRIPT  # noqa: PLC0415
    from tests.stack.supervised import whole_stack  # noqa: PLC0415

    numbers = range(options.first, options.first + options.rounds)
    with openai_server() as vendor:
        told = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": vendor.base_url}
        with whole_stack(SCRIPT, EVALUATIONS_PER_DAY="1000", **told) as stack:
            rounds = asyncio.run(play_all(stack, vendor, options.seed, numbers))
    wrong = sum(bool(each.wrong) for each in rounds)
    recoveries = [each.recovery_seconds for each in rounds if each.recovery_seconds is not None]
    print(f"{len(rounds) - wrong} of {len(rounds)} speeches were whole", end="")
    if recoveries:
        print(f"; the slowest was ready {max(recoveries):.1f} s after a worker's death", end="")
    print()
    return 1 if wrong or any(each > MOST_RECOVERY_SECONDS for each in recoveries) else 0


if __name__ == "__main__":
    sys.exit(main())
