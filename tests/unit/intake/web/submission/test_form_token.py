from services.intake.web.submission.form_token import new_token, read_token

SECRET = "a secret of the tests"


def test_a_token_says_its_own_name_and_when_it_was_made() -> None:
    one, other = (read_token(SECRET, new_token(SECRET)) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.name != other.name
    assert one.made_at.tzinfo is not None


def test_a_token_that_is_not_ours_says_nothing() -> None:
    token = new_token(SECRET)
    assert read_token("another secret", token) is None
    assert read_token(SECRET, token[:-1]) is None
    assert read_token(SECRET, "") is None
