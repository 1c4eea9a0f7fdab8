"""What OpenAI is asked with a recording."""

from sessions_app.core.key_terms import tokens
from sessions_app.transcription import TranscriberContext
from sessions_app.transcription.openai.core.asking import (
    FILLERS,
    MOST_PROMPT_TOKENS,
    question,
)

TERMS = ("Ada Lovelace", "The River")


def test_words_to_expect_stand_in_the_prompt_after_the_fillers():
    asked = question(TranscriberContext(key_terms=TERMS), keywords=False)
    assert asked.prompt == f"{FILLERS} Ada Lovelace, The River."
    assert (asked.language, asked.keywords) == ("en", ())


def test_or_by_themselves_for_a_model_that_takes_them_so():
    asked = question(TranscriberContext(language="de", key_terms=TERMS), keywords=True)
    assert (asked.language, asked.prompt, asked.keywords) == ("de", FILLERS, TERMS)


def test_without_any_the_fillers_are_still_asked_for():
    assert question(TranscriberContext(), keywords=False).prompt == FILLERS


def test_a_prompt_is_no_longer_than_models_read_and_keeps_what_comes_first():
    terms = tuple(f"Somebody Number{at}" for at in range(200))
    prompt = question(TranscriberContext(key_terms=terms), keywords=False).prompt
    assert tokens(prompt) <= MOST_PROMPT_TOKENS
    assert tokens(prompt) > MOST_PROMPT_TOKENS // 2
    assert f"{terms[0]}, {terms[1]}" in prompt
