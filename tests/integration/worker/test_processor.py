import json
import urllib.error
import urllib.request

import pytest

from tests.support import processes
from tests.support.ports import free_port

pytestmark = pytest.mark.process


def ask(port: int, path: str, body: bytes | None = None, method: str | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own http:// address
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.fixture
def port(start) -> int:
    chosen = free_port()
    start(http_port=chosen)
    processes.eventually(lambda: ask(chosen, "/health")[0] == 200)
    return chosen


def test_a_job_is_run_and_its_result_answered(port) -> None:
    status, body = ask(port, "/jobs", b'{"data": "hello"}')
    answer = json.loads(body)
    assert (status, answer["status"], answer["result"]) == (200, "completed", "HELLO")
    assert answer["processedAt"].endswith("Z")


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/jobs", b"{}", 400, "No data provided"),
        ("/jobs", b"{", 400, "not JSON"),
        ("/jobs", b"[1]", 400, "No data provided"),
        ("/jobs", b'{"data": "' + b"x" * (1 << 20) + b'"}', 413, "larger"),
        ("/elsewhere", b"{}", 404, "POST /jobs"),
        ("/elsewhere", None, 404, "GET /health"),
    ],
)
def test_bad_requests_are_answered_not_crashed_on(port, path, body, status, words) -> None:
    seen = ask(port, path, body)
    assert seen[0] in (status, 0) if status == 413 else seen[0] == status
    assert words in seen[1] or status == 413
    assert ask(port, "/health")[0] == 200


def test_the_workers_own_series_are_shown(port) -> None:
    ask(port, "/jobs", b'{"data": "hello"}')
    wanted = 'herdsman_jobs_total{queue="default",type="uppercase",outcome="completed"} 1'
    processes.eventually(lambda: wanted in ask(port, "/metrics")[1], message=lambda: ask(port, "/metrics")[1])
    assert ask(port, "/health", method="HEAD") == (200, "")


def test_the_caller_s_trace_goes_on_in_the_job(start) -> None:
    port = free_port()
    start(http_port=port, http_task="told", tasks=["hm_payloads"])
    processes.eventually(lambda: ask(port, "/health")[0] == 200)
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for sent, kept in ((caller, caller), ("nonsense", None)):
        _, body = ask(port, "/jobs", b'{"data": []}', traceparent=sent)
        assert json.loads(body)["result"].get("traceparent") == kept
