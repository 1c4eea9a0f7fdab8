"""Pure: parts of a recording joined, words placed in time, and made utterances."""
