import pytest

from sessions_app.transcription.builtin.pool import DecoderPool


@pytest.fixture
async def pool():
    """Two decoder processes, ended with the test."""
    made = DecoderPool(2)
    yield made
    await made.aclose()
