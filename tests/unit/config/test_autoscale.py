import pytest
from pydantic import ValidationError

from config.autoscale import Autoscale


def test_shares_and_sizes_are_read_and_told_apart() -> None:
    assert Autoscale(max=2, max_memory="80%").max_memory == 0.8
    assert Autoscale(max=2, max_memory="4G").max_memory == 4 << 30
    assert Autoscale(max=2, max_memory="0").max_memory == 0
    assert Autoscale(max=2, max_cpu="50 %").max_cpu == 0.5


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"max": 2, "min": 3}, "min is 3 and max 2"),
        ({"max": 2, "max_cpu": "120%"}, "a percentage from 0% to 100%"),
        ({"max": 2, "max_cpu": "4G"}, "a percentage"),
        ({"max": 2, "max_memory": "1K"}, "at least 16M"),
        ({"max": 2, "target_wait": "0s"}, "greater than 0"),
        ({}, "required"),
    ],
)
def test_what_makes_no_sense_is_refused(keys: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Autoscale(**keys)  # type: ignore[arg-type]  # as the loader does
