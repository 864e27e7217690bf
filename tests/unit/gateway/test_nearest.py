from gateway.nearest import hint, nearest, quoted


def test_the_nearest_word_comes_first() -> None:
    assert nearest("send_emial", ["sleep", "send-email", "send-mail"])[0] == "send-email"


def test_case_is_no_difference() -> None:
    assert nearest("UPPERCASE", ["uppercase"]) == ["uppercase"]


def test_a_word_like_no_other_has_no_hint() -> None:
    assert hint("zzzz", ["uppercase"]) == ""


def test_a_hint_reads_as_a_question() -> None:
    assert hint("dalay", ["data", "delay"]) == ' (did you mean "delay"?)'


def test_a_huge_word_costs_no_huge_time() -> None:
    assert nearest("x" * 1_000_000, ["x" * 50_000]) == []


def test_what_is_quoted_stays_on_one_short_line() -> None:
    assert quoted("a\nb\x1b[2J") == '"a\\nb\\x1b[2J"'
    assert len(quoted("x" * 1000)) == 82
