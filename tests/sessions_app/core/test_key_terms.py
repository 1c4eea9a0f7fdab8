"""The words that a transcriber is told to expect."""

from hypothesis import given
from hypothesis import strategies as st

from evaluations.core.shapes import ProjectContext
from sessions_app.core.key_terms import MAX_CHARACTERS, MAX_TOKENS, expected_words, tokens


def key_terms(title="", speaker="", project="", objectives=(), members=(), word=""):
    context = ProjectContext.model_construct(
        speech_title=title, project_type=project, objectives=tuple(objectives)
    )
    return expected_words(context, speaker, word, members)


def test_what_the_speech_is_about_comes_first_and_the_members_last():
    assert key_terms(
        title="The river",
        speaker="Ada Lovelace",
        project="Ice breaker",
        objectives=("Vocal variety", "Gestures."),
        word="ephemeral",
        members=("Charles Babbage", "Mary Somerville"),
    ) == (
        "Ada Lovelace",
        "ephemeral",
        "The river",
        "Ice breaker",
        "Vocal variety",
        "Gestures",
        "Charles Babbage",
        "Mary Somerville",
    )


def test_a_name_comes_once_however_it_is_written():
    assert key_terms(speaker="Ada  Lovelace ", members=("ada lovelace", "", "  ")) == (
        "Ada Lovelace",
    )


def test_what_nobody_says_word_for_word_is_left_out():
    assert key_terms(title="x " * MAX_CHARACTERS, objectives=("Speak up",)) == ("Speak up",)


def test_a_large_club_does_not_push_the_title_out():
    members = tuple(f"Member Number{at:04d}" for at in range(2_000))
    terms = key_terms(title="The river", members=members)
    assert terms[0] == "The river"
    assert 20 < len(terms) < 200


@given(
    st.text(max_size=80),
    st.text(max_size=80),
    st.lists(st.text(max_size=80), max_size=40),
    st.lists(st.text(max_size=80), max_size=200),
)
def test_the_terms_are_always_few_enough_single_lines(title, speaker, objectives, members):
    terms = key_terms(title=title, speaker=speaker, objectives=objectives, members=members)
    assert sum(map(tokens, terms)) <= MAX_TOKENS
    assert len(set(terms)) == len(terms)
    for term in terms:
        assert term == " ".join(term.split())
        assert 0 < len(term) <= MAX_CHARACTERS
