"""Words that carry grammar rather than content, as normalised tokens."""


def word_set(text: str) -> frozenset[str]:
    """The words of ``text``, as a set: a long list reads best as a paragraph."""
    return frozenset(text.split())


STOPWORDS = word_set(
    """
    a about above after again against all almost also although always am among an and another any
    anyone anything are arent around as at away back be became because become been before being
    below between both but by came can cannot cant come could couldnt did didnt do does doesnt
    doing done dont down during each either else enough er even ever every everyone everything few
    first for from further get gets getting give go goes going gone gonna got had hadnt has hasnt
    have havent having he her here hers herself hes him himself his how however i id if ill im in
    into is isnt it its itself ive just kind know last least less let lets like little lot made
    make makes many may maybe me mean might mine more most much must my myself near need needs
    never next no nobody none nor not nothing now of off often oh okay on once one ones only onto
    or other others our ours ourselves out over own perhaps put quite rather really right said
    same say says see seem seemed seems several shall she shes should shouldnt since so some
    someone something sort still such take than thank thanks that thats the their theirs them
    themselves then there theres these they theyre theyve thing things think this those though
    through thus to today too toward two uh um under until up upon us use used very want wanted
    was wasnt way we well went were werent weve what whatever when where whether which while who
    whole whom whose why will with within without wont would wouldnt yes yet you youd youll your
    youre yours yourself youve
    """
)
