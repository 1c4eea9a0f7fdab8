"""What becomes of a session when its connection ends. Its rows and groups are played."""

from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from sessions_app.live.consumer import SessionConsumer
from tests.sessions_app.core.driving import Driver


async def test_a_session_is_left_in_order_though_its_groups_cannot_be_left():
    consumer: Any = SessionConsumer(vendors=Mock())
    consumer.store = Mock(save_snapshot=AsyncMock(), enter=AsyncMock())
    consumer.recorder = Mock(drained=AsyncMock(), close=AsyncMock())
    consumer.machine = Driver().machine
    consumer.channel_layer = Mock(group_discard=AsyncMock(side_effect=OSError("It is away.")))
    consumer.channel_name, consumer.joined = "channel", ["one", "other"]
    await consumer._clean_up()
    consumer.store.save_snapshot.assert_awaited_once()
    consumer.recorder.close.assert_awaited_once()
    assert consumer.channel_layer.group_discard.await_count == 2


async def test_engines_are_freed_though_the_session_cannot_be_saved():
    consumer: Any = SessionConsumer(vendors=Mock())
    consumer.store = Mock(save_snapshot=AsyncMock(side_effect=OSError("It is away.")))
    consumer.recorder = Mock(drained=AsyncMock(side_effect=OSError("odd")), close=AsyncMock())
    consumer.machine = Driver().machine
    consumer.channel_layer, consumer.channel_name = Mock(), "channel"
    with pytest.raises(OSError, match="odd"):
        await consumer._clean_up()
    consumer.recorder.close.assert_awaited_once()
