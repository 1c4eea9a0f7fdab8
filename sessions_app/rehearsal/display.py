"""What the person at the terminal sees while a rehearsal runs."""

import shutil
from typing import Protocol, TextIO

from evaluations.core.rendering import timestamp
from evaluations.core.shapes import Segment
from sessions_app.contract import messages as m
from sessions_app.rehearsal.view import SessionView

_CLEAR_LINE = "\r\x1b[2K"


class Display(Protocol):
    """Shows a running session."""

    def note(self, sentence: str) -> None:
        """A sentence of its own."""
        ...

    def heard(self, message: m.ServerMessage, view: SessionView) -> None:
        """A message has come, and is part of the view already."""
        ...

    def done(self) -> None:
        """Nothing more comes."""
        ...


class PlainDisplay:
    """A line for each utterance and each stage; for files and pipes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._shown: list[tuple[float, float]] = []

    def note(self, sentence: str) -> None:
        print(sentence, file=self._out, flush=True)

    def heard(self, message: m.ServerMessage, view: SessionView) -> None:
        match message:
            case m.TranscriptUpdate():
                for segment in view.segments:
                    if segment.is_final and not self._was_shown(segment):
                        self._shown.append((segment.start_time, segment.end_time))
                        self.note(_line(segment))
            case m.PipelineProgress():
                self.note(_stage(view))
            case m.ErrorMessage() | m.AudioFormatError():
                self.note(message.message)
            case _:
                pass

    def done(self) -> None:
        pass

    def _was_shown(self, segment: Segment) -> bool:
        """The final transcript says again what was shown live, and what the captions skipped."""
        middle = (segment.start_time + segment.end_time) / 2
        return any(start <= middle <= end for start, end in self._shown)


class TerminalDisplay(PlainDisplay):
    """The same lines, and below them one that moves: time, level, the words being spoken."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self._level = 0.0

    def note(self, sentence: str) -> None:
        super().note(f"{_CLEAR_LINE}{sentence}")

    def heard(self, message: m.ServerMessage, view: SessionView) -> None:
        super().heard(message, view)
        if isinstance(message, m.VadStatusMessage):
            self._level = message.energy
        if view.state is m.SessionState.RECORDING:
            guesses = [segment.text for segment in view.segments if not segment.is_final]
            meter = "#" * round(self._level * 8)
            line = f"{timestamp(view.elapsed)} [{meter:<8}] {' '.join(guesses)}"
            room = shutil.get_terminal_size().columns - 1
            print(f"{_CLEAR_LINE}{line[:room]}", end="", file=self._out, flush=True)

    def done(self) -> None:
        print(_CLEAR_LINE, end="", file=self._out, flush=True)


def display_for(out: TextIO) -> Display:
    """The display that suits ``out``."""
    return TerminalDisplay(out) if out.isatty() else PlainDisplay(out)


def _line(segment: Segment) -> str:
    return f"[{timestamp(segment.start_time)}] {segment.text}"


def _stage(view: SessionView) -> str:
    stage = str(view.stage).replace("_", " ").capitalize()
    return f"{stage}: {view.stage_message}" if view.stage_message else f"{stage} …"
