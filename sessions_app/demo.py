"""Finished speeches for the demo clubs, spoken by the built-in voice and really evaluated."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import soxr
from asgiref.sync import async_to_sync
from django.utils import timezone

from clubs.models import Club, ConsentEvent, User
from evaluations import outputs, runner
from evaluations.billing import Bill
from evaluations.core.shapes import Brief, ProjectContext, Segment, Transcript, Word
from evaluations.models import Run
from evaluations.pipeline import Engines, LiveTranscriptShape, Recording, RunRequest
from evaluations.speech import Synthesizer
from sessions_app.contract.consent import consent_text
from sessions_app.core.audio import SAMPLE_RATE
from sessions_app.files import context_files
from sessions_app.models import Speech

_PAUSE_SECONDS = 0.7


@dataclass(frozen=True, slots=True)
class DemoSpeech:
    club: str
    speaker: str
    """The role of the demo person who speaks."""
    project: ProjectContext
    days_ago: int
    lines: tuple[str, ...]


SPEECHES: tuple[DemoSpeech, ...] = (
    DemoSpeech(
        club="harbour",
        speaker="member",
        project=ProjectContext(
            speech_title="The lighthouse keeper's notebook",
            project_type="Ice breaker",
            objectives=("Tell a story from your own life", "Finish with one clear thought"),
        ),
        days_ago=9,
        lines=(
            "When I was nine years old, my grandfather gave me a notebook with a broken spine.",
            "He had kept the lighthouse on our island for thirty one years.",
            "Every night he wrote one line, and every line began with the same three words.",
            "The light held.",
            "The light held through the storm that took the harbour wall.",
            "The light held on the night that my mother was born.",
            "The light held when there was nobody at sea to look for it.",
            "I used to think, um, that it was a boring book.",
            "Then I became a nurse, and I started to work at night.",
            "Nobody sees most of what we do at four in the morning.",
            "We check, we listen, and we write one line.",
            "So what will you write tonight, when nobody is looking for you?",
            "I know what I would like to read in your notebook. The light held.",
        ),
    ),
    DemoSpeech(
        club="harbour",
        speaker="officer",
        project=ProjectContext(
            speech_title="Give the street back to the children",
            project_type="Persuasive speech",
            objectives=("Ask the audience for one action", "Use a number that people remember"),
        ),
        days_ago=4,
        lines=(
            "How many children play in your street today?",
            "In nineteen eighty there were fourteen of us in mine, and, uh, one ball.",
            "Last Sunday I counted again, and I counted none.",
            "Not because there are no children, but because there is no room.",
            "We gave the kerb to the cars, we gave the corner to the bins, and we gave up.",
            "First, a closed street costs the city nothing but two wooden signs.",
            "Second, it needs only the signatures of your neighbours.",
            "Finally, it needs somebody who knocks on the first door.",
            "Two hours a week is all that I am asking for.",
            "You know, my daughter asked me what we did before there were screens.",
            "I told her about fourteen children and one ball.",
            "Sign the sheet at the door tonight, and let us count again next year.",
        ),
    ),
    DemoSpeech(
        club="harbour",
        speaker="owner",
        project=ProjectContext(
            speech_title="What bread taught me about deadlines",
            project_type="Humorous speech",
            objectives=("Make the room laugh twice",),
        ),
        days_ago=1,
        lines=(
            "Bread does not read your calendar.",
            "I learned this on a Tuesday, with nine guests outside and a bowl that did nothing.",
            "I warmed it, I watched it, and I, um, I actually begged it.",
            "My neighbour looked over the fence and asked whether the patient would live.",
            "At work I had spent ten years shouting at schedules.",
            "A schedule can be shouted at, but a dough can only be understood.",
            "You can change the water, you can change the warmth, and you can change the time.",
            "You cannot change the order in which things grow.",
            "The guests ate soup, and at midnight the bread rose like a small proud moon.",
            "Since then I ask one question before I promise a date.",
            "What here is dough, and what is only a calendar?",
        ),
    ),
    DemoSpeech(
        club="riverside",
        speaker="owner",
        project=ProjectContext(
            speech_title="The bridge that the town forgot",
            project_type="Informative speech",
            objectives=("Explain one idea in plain words",),
        ),
        days_ago=6,
        lines=(
            "Under the car park behind the station there is a bridge without a river.",
            "It was built in eighteen sixty two, and for forty years it carried grain and gossip.",
            "Then the river moved.",
            "Engineers had dug a channel two miles north, and the water chose the easier way.",
            "Imagine the keeper of the toll house on that first dry morning.",
            "He opened the gate, he set out the bowl for the coins, and he waited.",
            "Nobody had told him, because everybody thought that somebody else would.",
            "I find that bridge in every office where I have worked.",
            "We guard the crossing, we polish the gate, and the river is elsewhere.",
            "So walk north once a year and look at the water.",
        ),
    ),
    DemoSpeech(
        club="riverside",
        speaker="owner",
        project=ProjectContext(
            speech_title="Learning to swim at sixty",
            project_type="Table topics",
            objectives=(),
        ),
        days_ago=2,
        lines=(
            "I was sixty years old when I first put my face into the water.",
            "The teacher was nineteen, and she had the patience of a tide.",
            "She said that the water holds you when you stop holding yourself.",
            "I did not believe her for, um, for eleven weeks.",
            "In the twelfth week I let go of the wall.",
            "It was not courage, it was tiredness, and it worked just as well.",
            "If there is a wall that you are holding, you may be tired enough by now.",
        ),
    ),
)


def seed_speeches(club: Club, people: Mapping[str, User], engines: Engines) -> None:
    """Give a demo club its finished speeches, unless it has them."""
    for demo in SPEECHES:
        known = Speech.objects.filter(club=club, title=demo.project.speech_title)
        if demo.club == club.slug and not known.exists():
            _seed(club, people, demo, engines)


def _seed(club: Club, people: Mapping[str, User], demo: DemoSpeech, engines: Engines) -> None:
    moment = timezone.now() - timedelta(days=demo.days_ago)
    speaker = people[demo.speaker]
    speech = Speech.objects.create(
        club=club,
        operator=people.get("operator", speaker),
        speaker=speaker,
        speaker_name=speaker.get_full_name(),
        consent_confirmed=True,
        consent_at=moment,
        title=demo.project.speech_title,
        project_type=demo.project.project_type,
        objectives=list(demo.project.objectives),
        run_id=1,
        recorded_at=moment,
    )
    shown = consent_text()
    ConsentEvent.objects.create(
        club=club,
        speech_id=speech.pk,
        speaker_name=speech.speaker_name,
        confirmed=True,
        text_version=shown.version,
        text=shown.text,
        recorded_by=speaker.pk,
        recorded_at=moment,
    )
    spoken = async_to_sync(_speak)(demo.lines, engines.synthesizer)
    request = RunRequest(
        brief=Brief(speaker_name=speech.speaker_name, project=demo.project),
        live=LiveTranscriptShape(),
        context_files=context_files(speech),
    )
    Run.objects.create(
        club=club,
        speech=speech,
        number=1,
        samples=spoken.samples.size,
        request=request.model_dump(mode="json", by_alias=True),
    )
    run = runner.begin(club, str(speech.pk), 1)
    if run is not None:
        runner.advance(run, replace(engines, source=spoken))
        outputs.keep(run, at=moment)


@dataclass(frozen=True, slots=True)
class SpokenLines:
    """A ``SpeechSource`` whose words are known because a voice was told to say them."""

    transcript: Transcript
    samples: np.ndarray[tuple[int], np.dtype[np.int16]]

    async def transcribe(self, recording: Recording, bill: Bill) -> tuple[Transcript, str]:
        return self.transcript, "script"

    async def audio(self, recording: Recording) -> AsyncIterator[bytes]:
        yield self.samples.astype("<i2").tobytes()


async def _speak(lines: tuple[str, ...], synthesizer: Synthesizer) -> SpokenLines:
    silence = np.zeros(round(_PAUSE_SECONDS * SAMPLE_RATE), dtype=np.int16)
    sounds: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
    segments: list[Segment] = []
    at = 0.0
    for line in lines:
        pcm = b"".join([piece async for piece in synthesizer.synthesize(line)])
        given = np.frombuffer(pcm, dtype="<i2")
        sound = await asyncio.to_thread(soxr.resample, given, synthesizer.sample_rate, SAMPLE_RATE)
        sounds += [sound, silence]
        segments.append(_segment(line, at, at + sound.size / SAMPLE_RATE))
        at += sound.size / SAMPLE_RATE + _PAUSE_SECONDS
    return SpokenLines(Transcript(segments=tuple(segments)), np.concatenate(sounds))


def _segment(line: str, start: float, end: float) -> Segment:
    """The line with its words timed by their share of its letters."""
    texts = line.split()
    letters = sum(len(text) for text in texts)
    words: list[Word] = []
    at = start
    for text in texts:
        until = at + (end - start) * len(text) / letters
        words.append(
            Word(word=text, start_time=round(at, 3), end_time=round(until, 3), confidence=1.0)
        )
        at = until
    return Segment(
        text=line,
        start_time=round(start, 3),
        end_time=round(end, 3),
        words=tuple(words),
        is_final=True,
    )
