"""What a person, and what a pipe, sees of a session."""

import io

from sessions_app.contract import wire
from sessions_app.rehearsal.display import Display, PlainDisplay, TerminalDisplay, display_for
from sessions_app.rehearsal.view import SessionView


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def segment(text: str, start: float, *, final: bool) -> str:
    return (
        f'{{"text": "{text}", "startTime": {start}, "endTime": {start + 1}, '
        f'"isFinal": {str(final).lower()}}}'
    )


def update(index: int, *segments: str) -> str:
    shown = ", ".join(segments)
    return f'{{"type": "transcript_update", "segments": [{shown}], "replaceFromIndex": {index}}}'


SESSION = [
    '{"type": "state_change", "state": "recording"}',
    '{"type": "vad_status", "energy": 0.5, "isSpeech": true}',
    '{"type": "elapsed_time", "seconds": 65}',
    update(0, segment("Good", 0, final=False)),
    update(0, segment("Good evening.", 0, final=True)),
    update(1, segment("Today", 2, final=False)),
    '{"type": "state_change", "state": "processing"}',
    '{"type": "error", "message": "Take care.", "recoverable": true}',
    update(0, segment("Good evening.", 0, final=True), segment("Today I.", 2, final=True)),
    '{"type": "pipeline_progress", "stage": "generating_evaluation", "runId": 1}',
    '{"type": "pipeline_progress", "stage": "failed", "runId": 1, "message": "Too short."}',
]


def show(display: Display) -> None:
    view = SessionView()
    for frame in SESSION:
        message = wire.parse_server(frame)
        view.take(message)
        display.heard(message, view)
    display.done()


def test_a_pipe_gets_a_line_for_each_utterance_once():
    out = io.StringIO()
    show(PlainDisplay(out))
    assert out.getvalue().splitlines() == [
        "[00:00] Good evening.",
        "Take care.",
        "[00:02] Today I.",
        "Generating evaluation …",
        "Failed: Too short.",
    ]


def test_what_the_captions_skipped_is_shown_when_the_final_transcript_has_it():
    out, view = io.StringIO(), SessionView()
    display = PlainDisplay(out)
    for frame in (
        update(0, segment("The end.", 8, final=True)),
        update(0, segment("Good evening.", 0, final=True), segment("The end.", 8, final=True)),
    ):
        message = wire.parse_server(frame)
        view.take(message)
        display.heard(message, view)
    assert out.getvalue().splitlines() == ["[00:08] The end.", "[00:00] Good evening."]


def test_a_terminal_sees_the_words_being_spoken_and_the_time():
    out = Terminal()
    show(TerminalDisplay(out))
    assert "01:05 [####    ] Good" in out.getvalue()
    assert "01:05 [####    ] Today" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_the_display_follows_what_it_writes_to():
    assert isinstance(display_for(Terminal()), TerminalDisplay)
    assert not isinstance(display_for(io.StringIO()), TerminalDisplay)
