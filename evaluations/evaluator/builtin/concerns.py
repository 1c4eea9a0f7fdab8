"""What a finding is about, in the words that people use for it: in objectives, and in notes."""

import re

from evaluations.core.tokens import tokenise

_CONCERNS: dict[str, str] = {
    "question": r"question|audience|engag|interact|opening|hook",
    "question_hook": r"question|audience|engag|opening|hook|introduc|attention",
    "story": r"stor(?:y|ies)|narrat|anecdot|personal|experience",
    "story_hook": r"stor(?:y|ies)|narrat|anecdot|personal|opening|hook|introduc|attention",
    "number": r"fact|figure|number|data|statistic|research",
    "number_hook": r"fact|figure|number|data|statistic|opening|hook",
    "quotation": r"quot|source|research",
    "quotation_hook": r"quot|source|research|opening|hook",
    "contrast": r"rhetor|contrast|memorable|device",
    "triad": r"rhetor|rule of three|memorable|device",
    "anaphora": r"rhetor|repetition|rhythm|memorable|device",
    "definite_words": r"vivid|detail|specific|particular|language|word",
    "plain_line": r"plain|simpl|language|word",
    "signposts": r"structur|organi[sz]|reasons|transition|signpost|outline|order",
    "no_signposts": r"structur|organi[sz]|transition|signpost|outline|order",
    "call_back": r"clos(?:e|ing)|conclu|structur|organi[sz]|ending",
    "abrupt_close": r"clos(?:e|ing)|conclu|structur|organi[sz]|ending",
    "call_to_action": r"persua|action|convinc|inspir|motivat|clos(?:e|ing)|conclu",
    "no_hook": r"opening|hook|introduc|attention|engag",
    "steady_pace": r"pace|speed|rate|slow|tempo|deliver",
    "fast": r"pace|speed|rate|slow|fast|rush|hurr|deliver",
    "slow": r"pace|speed|rate|slow|drag|deliver",
    "fast_throughout": r"pace|speed|rate|slow|fast|rush|hurr|deliver",
    "slow_throughout": r"pace|speed|rate|slow|drag|deliver",
    "pause": r"paus|silence|deliver",
    "key_pause": r"paus|silence",
    "hesitation": r"paus|fluen|memor|hesita|stuck",
    "variety": r"voice|vocal|pitch|variety|express|monoton|deliver",
    "level_pitch": r"voice|vocal|pitch|variety|express|monoton|deliver",
    "level_energy": r"voice|vocal|volume|variety|energy|project",
    "few_fillers": r"filler|u[mh]s?(?!\S)|fluen|crutch",
    "fillers": r"filler|u[mh]s?(?!\S)|fluen|crutch",
    "address": r"audience|engag|connect|direct",
    "first_person": r"personal|experience|icebreaker|introduc(?:e|ing) (?:myself|yourself)",
    "repeated": r"word|vocabulary|language|repetition|concis",
    "long_sentence": r"sentence|concis|clarity",
    "long_stretch": r"sentence|concis|clarity|paus",
}
_PATTERNS = {kind: re.compile(rf"(?<!\S)(?:{pattern})\w*") for kind, pattern in _CONCERNS.items()}


def concerns(text: str, kind: str) -> bool:
    """Whether ``text`` speaks of what a finding of ``kind`` is about."""
    pattern = _PATTERNS.get(kind)
    return pattern is not None and pattern.search(" ".join(tokenise(text))) is not None


def is_about_speaking(word: str) -> bool:
    """Whether ``word`` is one that findings are spoken of in, such as "pauses" or "opening"."""
    return any(pattern.search(word) for pattern in _PATTERNS.values())
