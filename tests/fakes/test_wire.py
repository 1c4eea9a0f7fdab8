"""The fakes' server where a client leaves before it was answered."""

import json

from websockets.asyncio.client import connect

from tests.fakes.deepgram import FakeDeepgram, Live
from tests.fakes.dial_tone import Vocabulary
from tests.sessions_app.transcription.deepgram.stream_talk import until

A_TENTH = bytes(3_200)
"""Seconds of sound."""


async def test_a_client_that_closes_while_it_is_answered_is_no_fault_of_the_fake():
    """What a busy fake reads at once may be a request to close, and the close itself."""
    async with FakeDeepgram(Vocabulary(["hello"]), [Live(slow=1.0)]) as fake:
        address = f"{fake.base_url.replace('http', 'ws')}/v1/listen"
        headers = {"authorization": f"Token {fake.key}"}
        async with connect(address, additional_headers=headers) as client:
            await client.send(A_TENTH)
            await until(lambda: bool(fake.connections and fake.connections[0].audio))
            # The fake is at work, and reads on after that.
            await client.send(json.dumps({"type": "CloseStream"}))
            await client.close()
        assert fake.connections[0].closed_by_us == "1000"
        assert fake.faults == []
