from scoreboard import Board, Cause, Death
from supervisor.pools.settlement import settlement


def test_the_started_job_is_charged_the_claimed_ones_go_back_and_the_done_one_is_left_to_the_store() -> None:
    with Board.create(1, 1) as board:
        record = board.worker(0)
        record.begin(4242, 0xABC, 1)
        record.claim([(1, 1000, 0, 7), (1, 1000, 1, 8), (2, 1001, 0, 9)], 5)
        record.start(0, 6, 0)
        record.done(0)
        record.start(1, 7, 0)
        told = settlement(0, record.snapshot(), Death(Cause.SIGNAL, None, 9, charged=True))
    assert told == {
        "op": "settle",
        "slot": 0,
        "incarnation": "abc",
        "cause": "signal 9",
        "charged": True,
        "started": ["1-1000-1/8/abc"],
        "unstarted": ["2-1001-0/9/abc"],
    }
