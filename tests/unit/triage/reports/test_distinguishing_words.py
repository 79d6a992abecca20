"""Words that distinguish two sets of texts."""

from services.triage.reports.distinguishing_words import MOST_WORDS, DistinguishingWord, distinguishing_words


def test_a_word_of_one_set_is_returned_with_both_counts() -> None:
    here = [f"please send the invoice number {n}" for n in range(30)]
    elsewhere = [f"please look at the numbers {n}" for n in range(100)] + ["an Invoice"]
    assert distinguishing_words(here, elsewhere)[0] == DistinguishingWord("invoice", 30, 1)
    assert {one.word for one in distinguishing_words(here, elsewhere)} == {"invoice", "send", "number"}


def test_words_of_both_sets_are_left_out() -> None:
    assert distinguishing_words(["hello there, please help"] * 40, ["please help, hello there"] * 80) == []


def test_case_and_accents_are_folded_and_a_text_counts_once() -> None:
    here = ["Räkning räkning RÄKNING"] * 20
    assert distinguishing_words(here, ["frågor"] * 20) == [DistinguishingWord("rakning", 20, 0)]


def test_a_word_of_few_texts_is_left_out() -> None:
    assert distinguishing_words(["zebra"] * 4 + ["hello"] * 30, ["hello"] * 3_000) == []


def test_the_list_has_a_maximum() -> None:
    here = [" ".join(f"word{chr(97 + n)}" for n in range(20))] * 30
    assert len(distinguishing_words(here, ["other"] * 30)) == MOST_WORDS
    assert distinguishing_words([], []) == []
