"""Streams a WAV (PCM16, 16 kHz, mono) as it was spoken, and saves its evaluation.

python client.py http://127.0.0.1:8000 speech.wav result/    # needs httpx and websockets
"""

import json
import sys
import time
import wave
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ACCOUNT = {"login": "operator@harbour.example", "password": "speechcoach-demo"}
CHUNK = 800  # samples: 50 ms


class Session:
    id, sent, started, saved = "", 0, 0.0, False

    def converse(self, socket: Any, http: httpx.Client, pcm: bytes, out: Path) -> None:
        def say(kind: str, **fields: Any) -> None:
            socket.send(json.dumps({"type": kind, **fields}))

        resuming, streaming = bool(self.id), False
        while not self.saved:
            due = self.started + (self.sent + CHUNK) / 16_000 - time.monotonic()
            try:
                frame = socket.recv(max(0.0, due) if streaming else None)
            except TimeoutError:  # time for the next chunk, if there is one
                chunk = pcm[2 * self.sent : 2 * (self.sent + CHUNK)]
                self.sent, streaming = self.sent + len(chunk) // 2, bool(chunk)
                socket.send(chunk or '{"type": "stop_recording"}')
                continue
            match json.loads(frame if isinstance(frame, str) else "{}"):  # or the spoken sound
                case {"type": "session_resumed", "receivedSamples": received}:
                    self.sent, resuming = received, False
                case {"type": "session_info", "sessionId": new} if resuming or not self.id:
                    self.id, self.sent, self.started, resuming = new, 0, 0.0, False
                    say("set_consent", speakerName="Ada", consentConfirmed=True)
                    say("audio_format", channels=1, sampleRate=16_000, encoding="LINEAR16")
                    say("start_recording")
                case {"type": "state_change", "state": "recording"} if not resuming:
                    self.started, streaming = self.started or time.monotonic(), True
                case {"type": "state_change", "state": "idle"} if self.started and not resuming:
                    say("save_outputs")
                case {"type": "pipeline_progress", "stage": "ready"}:
                    say("deliver_evaluation")
                case {"type": "tts_complete"}:
                    say("playback_finished")
                case {"type": "transcript_update", "segments": segments}:
                    sys.stdout.writelines(s["text"] + "\n" for s in segments if s["isFinal"])
                case {"type": "error" | "audio_format_error", "message": sentence}:
                    print(sentence)
                case {"type": "outputs_saved", "paths": paths}:
                    for path in paths:
                        (out / Path(path).name).write_bytes(http.get(path).content)
                    self.saved = True


url, recording, folder = sys.argv[1:]
with wave.open(recording) as wav, httpx.Client(base_url=url, headers={"Origin": url}) as http:
    session, pcm = Session(), wav.readframes(wav.getnframes())
    http.get("/accounts/login/")
    http.post("/accounts/login/", data=ACCOUNT | {"csrfmiddlewaretoken": http.cookies["csrftoken"]})
    http.headers["X-CSRFToken"] = http.cookies["csrftoken"]
    while not session.saved:
        ticket = http.post("/api/voice/token", json={"purpose": "session", "club": "harbour"})
        where = f"{url.replace('http', 'ws', 1)}/ws/session?t={ticket.json()['token']}"
        try:
            with connect(f"{where}&resume={session.id}", additional_headers={"Origin": url}) as ws:
                session.converse(ws, http, pcm, Path(folder))
        except ConnectionClosed as lost:
            if lost.rcvd is not None and lost.rcvd.code >= 4400:
                raise
            print("The connection was lost; the session goes on.")
