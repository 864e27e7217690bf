import pytest

from config.expressions import checked, fill, joined


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{instance}}", "2"),
        ("port={{ 3000 + instance }}", "port=3002"),
        ("{{3000 + instance*10}}-{{instance - 5}}", "3020--3"),
        ("{{-(instance + 1) * 2}}", "-6"),
        ("nothing ${HOME} {a} }} {", "nothing ${HOME} {a} }} {"),
        ("docker ps --format {{{{.Names}}", "docker ps --format {{.Names}}"),
        ('{"a": {"b": {"c": 1}}}', '{"a": {"b": {"c": 1}}}'),
    ],
)
def test_sums_over_the_number_of_the_instance_are_filled_in(text, filled):
    assert fill(text, 2) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{{}}", "{{instnace}}", "{{instance / 2}}", "{{2 ** 9}}", "{{.Names}}", "{{'a' * 9}}", "{{True}}", "{{1.5}}",
        "{{instance()}}", "{{__import__('os')}}", "{{instance.real}}", "{{1 if 1 else 2}}", "{{" + "(" * 90 + "}}",
        "{{" + "9" * 99 + "}}", "{{1" + "+1" * 99 + "}}", "{{1\n2}}", "{{instance\0}}",
    ],
)  # fmt: skip
def test_anything_but_a_sum_of_whole_numbers_is_refused(text):
    with pytest.raises(ValueError, match=r"cannot be worked out|too (long|large)"):
        checked(text)


def test_a_line_may_be_split_at_spaces_without_tearing_a_sum_apart():
    assert joined("run --port {{ 3000 + instance }} {{{{ x }}").split() == [
        "run", "--port", "{{3000+instance}}", "{{{{", "x", "}}",
    ]  # fmt: skip
