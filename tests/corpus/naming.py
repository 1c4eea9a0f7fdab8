"""What the corpus calls strengths and weaknesses, and the words of an evaluator who names them.

Written from the side of the listener: the patterns know nothing of how the evaluator is built.
"""

import re

NAMES = {
    "story": r"\bstory|scene|a moment (?:we|of)|told us what happened|time and a place",
    "question": r"\bquestion|ask(?:ed|ing)? us",
    "number": r"\bfigures?\b|count(?:able|ed)?\b|number",
    "quotation": r"second voice|somebody else's words|borrow|words of (?:someone|somebody)|quot",
    "contrast": r"contrast|against each other|side by side|turns? on|not this|one thing is not"
    r"|what it is not|two halves|halves",
    "repetition": r"came back|return|again and again|repeat|rhythm|refrain|drumbeat",
    "signposts": r"signpost|marked the road|where we were|way through|map",
    "call-back": r"came back|went back|return|circle|from your opening|where you began|first words",
    "call to action": r"asking something|asked something|to do\b|request|task",
    "pause": r"\bpause|silence|held still|quiet",
    "address": r"\“you\”|straight to us|to us\b|direct",
    "fillers": r"\bfillers?\b",
    "fast": r"slower|words a minute|more room|breath",
    "slow": r"words a minute|pace fell|one breath|draw .* together",
    "hesitation": r"\bgap\b|bridge|searching|joins?\b|step into",
    "long sentence": r"sentences? .*(?:long|words|two)|full stop",
    "closing": r"\bending\b|last (?:line|words|sentence)|close on|clos",
    "opening": r"first (?:line|words|sentence)|opening|open(?:ed)? (?:with|on|closer)|begin|start",
    "repeated phrase": r"“at the end of the day”",
}


def is_named(name: str, text: str) -> bool:
    return re.search(NAMES[name], text, re.IGNORECASE) is not None
