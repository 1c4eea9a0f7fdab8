"""One stack for the tests that leave it as they found it; what they break is whole again."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.fakes.openai_server import KEY, FakeOpenAI, openai_server
from tests.faults.whole_speech import SCRIPT
from tests.stack.supervised import Stack, whole_stack


@pytest.fixture(scope="package")
def vendor() -> Iterator[FakeOpenAI]:
    """Drafts and speaks the evaluations of the stack."""
    with openai_server() as fake:
        yield fake


@pytest.fixture(scope="package")
def stack(vendor: FakeOpenAI) -> Iterator[Stack]:
    told = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": vendor.base_url}
    # Who falls silent is found ten times as soon as usual.
    with whole_stack(SCRIPT, RUN_BEAT_SECONDS="0.3", **told) as running:
        yield running


_BEFORE = pytest.StashKey[dict[str, int]]()
_SHOWN_LINES = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    if running := _stack_of(item):
        names = running.supervisor.names
        item.stash[_BEFORE] = {name: running[name].line_count() for name in names}
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a test that failed what the processes last wrote while it ran."""
    report = yield
    running = _stack_of(item)
    if report.failed and running and _BEFORE in item.stash:
        for name, count in item.stash[_BEFORE].items():
            if lines := running[name].written_since(count)[-_SHOWN_LINES:]:
                report.sections.append((name, "\n".join(lines)))
    return report


def _stack_of(item: pytest.Function) -> Stack | None:
    used: dict[str, Any] = item.funcargs
    return next((one for one in used.values() if isinstance(one, Stack)), None)
