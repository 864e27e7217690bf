import pytest

from supervisor.shell.elsewhere import completed, other


@pytest.mark.parametrize(
    ("line", "room", "arguments"),
    [
        ("jobs --limit 5", "engine", ["jobs", "--limit", "5"]),
        ("-c a.yaml queues", "engine", ["-c", "a.yaml", "queues"]),
        ("--config=a.yaml dlq list", "engine", ["--config=a.yaml", "dlq", "list"]),
        ("-ca.yaml dlq list", "engine", ["-ca.yaml", "dlq", "list"]),
        ("--url unix:///s --namespace n show 1", "engine", ["--url", "unix:///s", "--namespace", "n", "show", "1"]),
        ("-c a.yaml worker --pool mail", "worker", ["-c", "a.yaml", "--pool", "mail"]),
        ("janitor", "janitor", []),
    ],
)  # fmt: skip
def test_the_verbs_of_other_programs_are_handed_over_with_their_options(
    line: str, room: str, arguments: list[str]
) -> None:
    assert other(line.split()) == (room, arguments)


@pytest.mark.parametrize(
    "line", ["", "status", "-c jobs", "-c jobs status", "-d jobs", "--help", "nonsense jobs", "-c"]
)
def test_all_else_is_the_supervisors_own(line: str) -> None:
    assert other(line.split()) is None


def test_completion_goes_to_whose_verb_stands_before_the_word() -> None:
    assert completed("herdsman -c a.yaml jobs --st", "4") == ("engine", [])
    assert completed("herdsman jobs", "1") is None, "the verb itself is still being typed"
    assert completed("herdsman jobs ", "") == ("engine", []), "from fish, after a blank"
    assert completed("herdsman jobs", "jobs") is None, "from fish, in the word"
    assert completed("herdsman describe ", "2") is None
