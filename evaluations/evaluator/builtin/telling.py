"""Remarks told in each style; the fields are those of ``evaluations/core/styles.py``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluations.core.evidence import SUREST
from evaluations.core.pauses import OPEN_ENDED
from evaluations.core.prose import chosen
from evaluations.core.script import quoting
from evaluations.core.structure import bounds
from evaluations.core.styles import Style
from evaluations.core.styling import StyleItem
from evaluations.evaluator.builtin.asking import ASKING, EXPLORING
from evaluations.evaluator.builtin.findings import Heard, in_words
from evaluations.evaluator.builtin.moments import after_it, length_of, rate_around
from evaluations.evaluator.builtin.noticing import AREAS
from evaluations.evaluator.builtin.remarks import Remark, said


@dataclass(frozen=True, slots=True)
class Told:
    """A remark among the others: ``ordinal`` counts within its kind, ``strongest`` leads them."""

    heard: Heard
    remark: Remark
    ordinal: int
    strongest: Remark
    brief: bool

    @property
    def praise(self) -> bool:
        return self.remark.kind == "commendation"

    def one_of(self, *variants: str) -> str:
        """One of ``variants``, another for the next remark of the same kind."""
        first = variants.index(chosen(variants, *self.heard.tokens))
        return variants[(first + self.ordinal) % len(variants)]


def style_items(
    heard: Heard, style: Style, remarks: Sequence[Remark], *, brief: bool
) -> list[StyleItem]:
    """``remarks`` in a style that has fields of its own. ``brief``: every word counts."""
    told = []
    for at, remark in enumerate(remarks):
        ordinal = sum(other.kind == remark.kind for other in remarks[:at])
        one = Told(heard, remark, ordinal, remarks[0], brief)
        texts = {name: said(sentences) for name, sentences in FORMS[style.id](one).items()}
        last = next(name for name in reversed(texts) if texts[name])
        if remark.served:
            texts[last] = f"{texts[last]} {said([remark.served])}".strip()
        item: StyleItem = {"type": remark.kind}
        item |= {field.name: texts[field.name] for field in style.fields if texts.get(field.name)}
        item["evidence_quote"] = remark.quote
        item["evidence_timestamp"] = round(remark.place.start, 2)
        told.append(item)
    return told


Sentences = Sequence[str]


def _sbi(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    change = "" if told.praise else f"To change that, {remark.action}."
    return {
        "situation": [_situation(told)],
        "behaviour": [_untimed(told), quoting(remark.quote)],
        "impact": [remark.effect, change],
    }


def _feedforward(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    verb = told.one_of("Build on", "Carry on from") if told.praise else "Start from"
    return {
        "intention": [f"{told.one_of('Next time', 'In your next talk')}, {remark.action}."],
        "starting_point": [_closed(f"{verb} “{_bare(remark.quote)}”")],
        "first_step": [remark.attempt],
        "benefit": [remark.effect],
    }


def _coin(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    return {
        "context": [_situation(told)],
        "observation": [_untimed(told), quoting(remark.quote)],
        "impact": [remark.effect],
        "next": [remark.attempt or f"Next time, {remark.action}."],
    }


def _holistic(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    return {
        "area": [f"Your {AREAS[remark.finding.kind]}."],
        "observation": [remark.noticed, quoting(remark.quote)],
        "effect": [remark.effect],
        "whole": [
            f"{told.one_of('For the talk as a whole', 'Across the whole talk')}, {remark.action}."
        ],
    }


def _eec(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    verb = "Continue" if told.praise else "Change"
    return {
        "example": [remark.noticed, quoting(remark.quote)],
        "effect": [remark.effect],
        "change_or_continue": [f"{verb}: {remark.action}.", remark.attempt],
    }


def _radical_candour(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    if told.praise:
        care = told.one_of(
            "This is worth protecting, so I want to name it.",
            "I would not like this to get lost in the next draft.",
            "I want you to know exactly what to keep.",
        )
    else:
        topic = told.heard.topic[0] if told.heard.topic else ""
        care = told.one_of(
            f"Because “{topic}” deserves to be heard at its best, I will be plain."
            if topic
            else "Because the talk deserves to be heard at its best, I will be plain.",
            "I say this because I want the talk to reach the last row.",
        )
    return {
        "care": [care],
        "candour": [remark.noticed, quoting(remark.quote)],
        "effect": [remark.effect],
        "offer": [remark.attempt or f"Next time, {remark.action}."],
    }


def _socratic(told: Told) -> Mapping[str, Sentences]:
    remark = told.remark
    kind = remark.finding.kind
    questions = ASKING[kind if kind in ASKING else kind.removesuffix("_hook")]
    facts = {**remark.facts, "quote": _bare(remark.quote)}
    return {
        "heard": [remark.noticed],
        "notice": [questions.notice.format(**facts)],
        "explore": [told.one_of(*EXPLORING[remark.kind])],
        "next": [questions.decide.format(**facts)],
    }


def _comparative(told: Told) -> Mapping[str, Sentences]:
    remark, heard = told.remark, told.heard
    noticed = _without_when(remark, remark.noticed)
    when = remark.facts["when"] if noticed != remark.noticed else heard.when(remark.place.first)
    if not told.praise:
        moment = f"The moment with the most to gain came {when}."
        lesson = f"Let it learn from your strongest moment: {remark.action}."
    elif told.ordinal == 0:
        moment, lesson = f"Your strongest moment came {when}.", remark.effect
    else:
        moment, lesson = f"Another strong moment came {when}.", remark.effect
    rate, silence = rate_around(heard, remark.place), after_it(heard, remark.place)
    if rate is None:
        comparison = f"It stood there {silence}."
    elif told.praise and told.ordinal == 0:
        comparison = f"Around it you spoke {rate} words a minute, {silence}."
    else:
        best = rate_around(heard, told.strongest.place)
        against = "it was the same" if best == rate else f"it was {best}"
        comparison = (
            f"Around it you spoke {rate} words a minute, {silence}; at your strongest moment "
            f"{against}."
        )
    return {
        "moment": [moment],
        "observation": [noticed, quoting(remark.quote)],
        "comparison": [comparison],
        "lesson": [lesson],
    }


def _micro_focus(told: Told) -> Mapping[str, Sentences]:
    remark, heard = told.remark, told.heard
    if told.praise:
        return {
            "focus": [remark.summary],
            "close_up": [quoting(remark.quote)],
            "reason": [remark.effect],
        }
    count = remark.place.last - remark.place.first
    measured = (
        f"That is {in_words(count)} words in {length_of(heard, remark.place)}, "
        f"{after_it(heard, remark.place)}."
    )
    return {
        "focus": [f"One thing today: {remark.action}.", "" if told.brief else remark.noticed],
        "close_up": [quoting(remark.quote), "" if told.brief else measured],
        "reason": [remark.effect],
        "practice": [
            remark.attempt,
            "Do that aloud three times, before you turn to anything else.",
        ],
        "check": [f"Then record the line and listen for one thing only: did you {remark.action}?"],
    }


FORMS: Mapping[str, Callable[[Told], Mapping[str, Sentences]]] = {
    "sbi": _sbi,
    "feedforward": _feedforward,
    "coin": _coin,
    "holistic": _holistic,
    "eec": _eec,
    "radical_candour": _radical_candour,
    "socratic": _socratic,
    "comparative": _comparative,
    "micro_focus": _micro_focus,
}


def _situation(told: Told) -> str:
    """Which part of the talk the quote is from, and the words that led to it."""
    heard, first = told.heard, told.remark.place.first
    if first == 0:
        return told.one_of("These were your first words.", "We were at your very first words.")
    opening_end, closing_start = bounds(heard.speech)
    at = heard.words[first].start_time
    part = (
        "your opening"
        if at < opening_end
        else "your closing"
        if at >= closing_start
        else "the body of your talk"
    )
    before = _words_before(heard, first)
    if not before:
        when = f", {told.remark.facts['when']}" if _told_when(told) else ""
        return f"We were in {part}{when}."
    return told.one_of(
        f"We were in {part}, and you had just said “{before}”.",
        f"The place is {part}, right after “{before}”.",
    )


def _told_when(told: Told) -> bool:
    """Whether the finding's time is the quote's; a long sentence begins well before its quote."""
    return told.remark.facts["when"] == told.heard.when(told.remark.place.first)


def _untimed(told: Told) -> str:
    """What was noticed, where the quote's time is told already."""
    text = told.remark.noticed
    return _without_when(told.remark, text) if _told_when(told) else text


def _without_when(remark: Remark, text: str) -> str:
    rest = text.removeprefix(f"{remark.facts['When']}, ").replace(f" {remark.facts['when']}:", ":")
    return rest[:1].upper() + rest[1:]


def _words_before(heard: Heard, index: int) -> str:
    """The three to six words that led to word ``index``, if they are sure and stand alone."""
    start = max((at for at in heard.speech.clauses if at <= index - 3), default=0)
    first = max(start, index - 6, heard.speech.sentence_of(index - 1).first)
    hanging = heard.tokens[index - 1] in OPEN_ENDED | {"too", "not", "more", "then"}
    unsure = heard.confidence(first, index) < SUREST
    if index - first < 3 or hanging or unsure:
        return ""
    return _bare(heard.speech.said(first, index))


def _bare(quote: str) -> str:
    return quote.strip().rstrip(".,;:")


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith(("?”", "!”")) else f"{sentence}."
