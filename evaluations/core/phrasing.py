"""What the devices of rhetoric sound like: patterns over normalised words.

Lower case, no punctuation: the built-in transcriber gives nothing more. ``rhetoric.py`` says where
in a clause each of them counts.
"""

import re

from evaluations.core.stopwords import word_set


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


QUESTION = _words(
    r"(?:(?:and|but|so|now|well) )?"
    r"(?:(?:have|do|did|can|could|would|will|are|should|were) (?:you|we|any of you|anyone)\b.*"
    r"|(?:what|why|how|where|who) (?:is|are|do|does|did|was|were|would|will|can|could|should|if"
    r"|about|makes|made|many|often|much|long|here|among)\b.*"
    r"|when (?:did|do|is|are|was|will) .*|what if .*|has (?:anyone|anybody) .*)"
)
STORY = _words(
    r"when i was|i (?:still |can |will always )?remember(?: when| the| my| that)?"
    r"|(?:years|months|weeks|days) ago"
    r"|one (?:day|morning|evening|night|afternoon)|(?<!of )last (?:week|year|month|summer|winter"
    r"|night|spring|autumn)"
    r"|once upon a time|let me tell you (?:about|a story)|the other day|(?:i will|ill) never forget"
    r"|the (?:year|day|night|morning|evening|winter|spring|summer|autumn) (?:i|we|when|that i|my)"
    r"|it was (?:a|an|my|the) (?:\w+ )?(?:morning|night|day|evening|afternoon|summer"
    r"|winter)|i was \w+(?: \w+)? years old"
    r"|(?:this|it) (?:all )?(?:began|started) (?:when|with|in)|on my first day"
)
CARDINAL = (
    r"\d[\d,.]*|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:one|two|three|four|five|six|seven|eight|nine)?"
    r"|hundreds?|thousands?|millions?|billions?"
)
SMALL = r"one|two|three|four|five|six|seven|eight|nine|half|a"
NUMBER = _words(
    rf"(?:(?:{SMALL}) )?(?:{CARDINAL})(?: (?:and |{SMALL}|{CARDINAL}))*(?: (?:percent"
    rf"|per cent))?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine) (?:percent|per cent|out of \w+"
    r"|in (?:ten|five|four|three|every))"
)
QUOTED = _words(
    r"once (?:said|wrote)|in the words of|as \w+(?: \w+)? (?:said|wrote|put it)|(?:there"
    r" is|theres) (?:a|an old) saying"
    r"|(?:the|an old) (?:saying|proverb)|(?:my|our) (?:\w+ )?(?:mother|father"
    r"|grandmother|grandfather|teacher|mentor|boss|coach|uncle|aunt|sister|brother|friend|wife"
    r"|husband|neighbour|neighbor) (?:\w+ )?"
    r"(?:always |often |used to |once |likes to |liked to )?(?:said|say|says|told me)"
)
CONTRAST = (
    _words(r"(?P<verb>\w{2,}) not (?:\w+ ){1,11}(?P=verb)(?! not\b)(?P<tail>(?: \w+){1,8})"),
    _words(r"(?P<head>\w+ \w{3,} \w+) (?:\w+ ){2,10}but (?P=head)(?P<tail>(?: \w+){1,8})"),
    _words(r"not only (?:\w+ ){1,10}but(?: also)?(?P<tail>(?: \w+){1,8})"),
    _words(r"not because (?:\w+ ){1,10}but because(?P<tail>(?: \w+){1,8})"),
    _words(
        r"(?:its|it is|this is|thats|that is) not (?:about )?(?:\w+ ){1,9}(?:its|it is|this"
        r" is|thats|that is)(?P<tail>(?: \w+){1,8})"
    ),
    _words(r"not (?:\w+ ){1,7}but(?P<tail>(?: \w+){1,8})"),
    _words(r"(?:it|this|that) isnt (?:about )?(?:\w+ ){1,9}(?:its|it is)(?P<tail>(?: \w+){1,8})"),
    _words(r"(?:less|fewer) (?:\w+ ){1,6}(?:and |but )?more(?P<tail>(?: \w+){1,6})"),
    _words(r"on (?:the )?one hand (?:\w+ ){1,20}on the other(?P<tail>(?: \w+){0,8})"),
)
# "You do not talk on it. You listen.": told from other denials by where its second half begins.
DENIAL = _words(
    r"(?P<who>i|you|we|they|he|she|it)"
    r" (?:(?:do|does|did|will|would|can|could) not|dont|doesnt|didnt|wont|wouldnt|cant|couldnt)"
    r"(?: \w+){1,8}?(?P<tail> (?P=who)(?: \w+){1,8})"
)
PARALLEL = re.compile(
    r"(?<!\S)(?P<a>\w{2,}(?P<end>ing|er|ed|ly|tion|ness|ity|est|ful)) (?:and"
    r" )?(?P<b>\w{2,}(?P=end)) and (?P<c>\w{2,}(?P=end))(?!\S)"
)
LINKED = _words(r"(?P<a>\w{4,}) (?P<link>and|or) (?P<b>\w{4,}) (?P=link) (?P<c>\w{4,})")
THREEFOLD = _words(r"(?P<head>\w+ \w{2,})(?: \w+){1,2} (?P=head)(?: \w+){1,2} and (?P=head) \w+")
LISTED = re.compile(
    r"^(?P<a>\w[\w'’-]*(?: \w[\w'’-]*){0,2}), (?P<b>\w[\w'’-]*(?: (?!and )\w[\w'’-]*){0,2}),? and"
    r" (?P<c>\w[\w'’-]*(?: \w[\w'’-]*)?)"
)
PAIR = re.compile(r"^(?:\w+ ){1,3}and(?: \w+){1,3}$")
# What a list's member does not begin with: then another clause begins there.
NOT_MEMBER = word_set(
    "um uh er ah hm you know i we they he she it then when while if because so which who that but "
    "and or as please"
)
DETERMINERS = word_set("a an the every each no some any my your our his her their")
_PARTS = r"(?:things|reasons|points|lessons|ways|steps|parts|ideas)"
SIGNPOST_ANYWHERE = _words(
    r"in conclusion|to (?:sum up|summarise|summarize|begin with)|in summary"
    r"|for (?:example|instance)"
    rf"|(?:two|three|four|five) (?:\w+ )?{_PARTS}(?! at)"
    r"|(?:let me|i will now|ill now|now let us|now lets) (?:turn to|move on|come to)"
    r"|which brings me to|in other words|number (?:one|two|three)"
)
SIGNPOST_OPENING = _words(
    r"first(?:ly| of all)?|second(?:ly)?|third(?:ly)?|finally|lastly|next|to (?:conclude|close)"
    r"|(?:(?:and|so|now|well) )?(?:my|the|a) (?:first|second|third|fourth|final|last)"
    r" (?:point|reason|thing|lesson|step|idea|part|question)"
    r"|(?:so )?here is (?:what i ask|my (?:point|answer|question))|so this is my answer"
)
NOT_SIGNPOST = word_set(
    "time class hand day week month year door place floor person ones one in to person"
)
CALL = _words(
    r"i (?:ask|urge|invite|challenge|encourage|beg|want|would like|need) (?:all of |each"
    r" of )?you(?: all)? to \w+(?: \w+)*?"
    r"|(?:let us|lets) (?!me\b)\w+|(?:we|you) must|join (?:me|us)|(?:i )?(?:hope|trust)"
    r" you will|(?:the )?next time you|my (?:challenge|invitation) to you"
)
IMPERATIVES = word_set(
    "ask go take try join start stop call write remember choose give tell imagine speak sign vote "
    "come make keep find share look listen read visit pick plant bring dare leave turn talk put "
    "hold stand learn help begin say open walk send volunteer practise practice commit wait sit "
    "save raise lift"
)
LEADS = word_set("so and then today tonight tomorrow please now just but")
BLAND_OPENINGS = frozenset(
    """
    and then|and so|and the|and there|and i|you know|i mean|i think|it was|it is|in the|and it|so i
    |of the|so the|but i|but the|to the|i was|and we|and that|and a|that is|this is|and he|and she
    |and they|there was|there is|that the|kind of|sort of
    """.replace("\n    ", "").split("|")
)
FUNCTION = word_set(
    "a an the and or but of to in on at by for from with as is are was were be it its"
    " this that he she they we you i "
    "his her their our your my so then um uh er"
)
