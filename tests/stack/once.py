"""What must be true of a speech at its end: all of it is there, and everything is there once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import psycopg

from evaluations.pipeline import STAGES
from tests.fakes.openai_server import FakeOpenAI
from tests.faults.recording_client import RecordingClient
from tests.faults.whole_speech import TEXTS, digest, sha256_of
from tests.stack.supervised import Stack


@dataclass(frozen=True)
class Bills:
    """What all clubs have used up today."""

    evaluations: int
    cost: Decimal

    @classmethod
    def of(cls, stack: Stack) -> Self:
        query = (
            "SELECT coalesce(sum(evaluations), 0), coalesce(sum(cost_usd), 0) FROM clubs_dailyusage"
        )
        with psycopg.connect(stack.place.database) as rows:
            [(evaluations, cost)] = rows.execute(query).fetchall()
        return cls(int(evaluations), cost)


@dataclass(frozen=True)
class Mark:
    """What was counted and paid before a speech began."""

    stack: Stack
    vendor: FakeOpenAI
    bills: Bills
    paid: int

    @classmethod
    def of(cls, stack: Stack, vendor: FakeOpenAI) -> Self:
        return cls(stack, vendor, Bills.of(stack), len(vendor.billed))

    def wrong(self, page: RecordingClient) -> list[str]:
        """All that is wrong with a speech that was evaluated, delivered and saved."""
        [*_, saved] = page.received.of("outputs_saved")
        rows = _rows_of(self.stack, str(page.session_id))
        names = [file["name"] for file in saved["files"]]
        return [
            *_heard(page),
            *_stored(rows, names),
            *_billed(self.bills, Bills.of(self.stack), rows),
            *_paid(self.vendor.billed[self.paid :]),
        ]


@dataclass(frozen=True)
class _Rows:
    """What the database has of a speech."""

    runs: list[tuple[Any, ...]]
    stages: Mapping[str, int]
    files: Mapping[str, int]
    cost: Decimal


def _rows_of(stack: Stack, speech: str) -> _Rows:
    with psycopg.connect(stack.place.database) as rows:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return rows.execute(query, [speech]).fetchall()

        mine = "run_id IN (SELECT id FROM evaluations_run WHERE speech_id = %s)"
        results = f"FROM evaluations_stageresult WHERE {mine}"
        [(cost,)] = ask(f"SELECT coalesce(sum(cost_usd), 0) {results}")
        return _Rows(
            ask("SELECT status, saved_at IS NOT NULL FROM evaluations_run WHERE speech_id = %s"),
            dict(ask(f"SELECT stage, count(*) {results} GROUP BY 1")),
            dict(ask(f"SELECT name, count(*) FROM evaluations_output WHERE {mine} GROUP BY 1")),
            cost,
        )


def _heard(page: RecordingClient) -> Iterator[str]:
    if digest(page) != sha256_of(page):
        yield "the recording is not what was said"
    if [segment["text"] for segment in page.segments[:-1]] != TEXTS:
        yield f"the transcript is not what was said: {len(page.segments) - 1} segments"
    for refused in page.received.of("audio_format_error"):
        yield f"refused: {refused['message']}"


def _stored(rows: _Rows, saved: Sequence[str]) -> Iterator[str]:
    if rows.runs != [("ready", True)]:
        yield f"runs: {rows.runs}"
    if rows.stages != {stage.name: 1 for stage in STAGES}:
        yield f"stages: {rows.stages}"
    if rows.files != dict.fromkeys(saved, 1):
        yield f"files: {rows.files}, and {saved} were said to be saved"


def _billed(before: Bills, after: Bills, rows: _Rows) -> Iterator[str]:
    if after.evaluations - before.evaluations != 1:
        yield f"{after.evaluations - before.evaluations} evaluations were counted"
    if after.cost - before.cost != rows.cost:
        yield f"{after.cost - before.cost} were charged for what cost {rows.cost}"


def _paid(answers: Sequence[str]) -> Iterator[str]:
    if sorted(answers) != ["/v1/audio/speech", "/v1/responses"]:
        yield f"the vendor was paid for {answers}"
