"""``python -m tests.faults.busy_process``: our daphne, with an application that takes its time.

A socket's messages lie unread until ``/go`` is asked for; then it says how many bytes came, and
closes at ``end``. ``/unread`` says how many messages lie there.
"""

import asyncio
import sys
from typing import Any

from speechcoach.daphne_server import PatientServer

go = asyncio.Event()
inboxes: list[Any] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        if scope["path"] == "/go":
            go.set()
        unread = str(sum(inbox.qsize() for inbox in inboxes)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": unread})
        return
    inboxes.append(receive.__self__)
    await receive()
    await send({"type": "websocket.accept"})
    await go.wait()
    taken = 0
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "end":
            await send({"type": "websocket.send", "text": str(taken)})
            await send({"type": "websocket.close", "code": 4000})
            # What comes after its own close, it does not take.
            go.clear()
            await go.wait()
        taken += len(message.get("bytes") or b"")


if __name__ == "__main__":
    PatientServer(
        application,
        [f"tcp:port={sys.argv[1]}:interface=127.0.0.1"],
        ready_callable=lambda: print("ready", flush=True),
    ).run()
