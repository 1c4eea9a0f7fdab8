"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache

from tests.cast import Cast, make_cast
from tests.no_skips import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

# How long an example takes says how busy the machine is. Speed is the benchmark's.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def _no_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _nothing_collected(settings, _no_files: Path) -> None:
    """Every test client looks through all that was collected before, 1,500 files, to serve it."""
    settings.STATIC_ROOT = _no_files


@pytest.fixture(autouse=True)
def _cheap_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_vendors(settings) -> None:
    """A key that a developer has set for themselves must not be used in a test."""
    settings.SPEECHCOACH_OPENAI_API_KEY = settings.SPEECHCOACH_OPENAI_BASE_URL = ""
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = ""
    settings.SPEECHCOACH_FINAL_TRANSCRIBER = "auto"


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits live in the cache; one test must not use up another's."""
    yield
    cache.clear()


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()
