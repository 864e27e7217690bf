from typing import Any

import pytest

from gateway.services import Services

CONTRACT = {
    "GET /",
    "GET /docs",
    "POST /work",
    "POST /tasks",
    "POST /tasks/act",
    "POST /tasks/batch",
    "POST /tasks/{task_id}/again",
    "GET /tasks/{task_id}/events",
    "GET /tasks",
    "GET /tasks/{task_id}",
    "GET /tasks/{task_id}/logs",
    "GET /tasks/{task_id}/why",
    "DELETE /tasks/{task_id}",
    "GET /workers",
    "POST /workers/{name}/kill",
    "GET /pools",
    "POST /pools/{pool}/scale",
    "POST /pools/{pool}/reload",
    "POST /pools/{pool}/restart",
    "GET /deaths",
    "GET /queues",
    "GET /flows",
    "GET /flows/{id}",
    "DELETE /flows/{id}",
    "GET /schedules",
    "GET /schedules/{name}/next",
    "POST /schedules/{name}/pause",
    "POST /schedules/{name}/resume",
    "POST /schedules/{name}/run",
    "GET /series",
    "GET /series/names",
    "POST /types/{type}/pause",
    "POST /types/{type}/resume",
    "POST /queues/{queue}/pause",
    "POST /queues/{queue}/resume",
    "POST /queues/{queue}/purge",
    "GET /dlq",
    "DELETE /dlq",
    "GET /dlq/groups",
    "POST /dlq/retry",
    "GET /dlq/{task_id}",
    "DELETE /dlq/{task_id}",
    "POST /dlq/{task_id}/retry",
    "GET /health",
    "GET /ready",
    "GET /metrics",
    "GET /login",
    "POST /login",
    "POST /logout",
    "GET /session",
    "GET /audit",
}


def test_the_front_page_names_every_route_and_what_it_is_for(http: Any) -> None:
    page = http.get("/").json()
    assert set(page["routes"]) == CONTRACT
    assert all(page["routes"].values())


@pytest.mark.parametrize("path", ["/nowhere", "/tasks/", "/redoc", "/work/x", "/%ff"])
def test_an_unknown_path_is_404_in_our_own_words(http: Any, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("there is no GET ")


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("PUT", "/tasks", "POST"), ("DELETE", "/work", "POST"), ("POST", "/health", "GET")]
)
def test_a_wrong_method_is_405_and_names_the_right_one(http: Any, method: str, path: str, allowed: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 405
    assert list(answer.json()) == ["error"]
    assert allowed in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/health", "/queues", "/tasks", "/tasks/none", "/metrics", "/ui"])
def test_head_is_answered_as_get_without_the_body(http: Any, at_hand: Services, path: str) -> None:
    head, get = http.request("HEAD", path), http.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    route = path.replace("none", "{task_id}")
    assert [one for one in at_hand.counts.requests if one[1] == "HEAD"] == [(route, "HEAD", get.status_code)]


def test_a_websocket_that_is_asked_for_as_a_page_says_what_it_is(http: Any) -> None:
    answer = http.get("/ws")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert answer.json() == {"error": '"/ws" is a websocket: open it as one, of version 13'}


def test_head_of_a_stream_ends_with_its_head(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-2-3"] = a_job()
    head = http.request("HEAD", "/tasks/1-2-3/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")


def test_head_is_refused_where_there_is_no_get(http: Any) -> None:
    answer = http.request("HEAD", "/work")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert http.request("PUT", "/queues").headers["allow"] == "GET, HEAD"


def test_the_schema_documents_every_route_with_the_error_body(http: Any) -> None:
    schema = http.get("/openapi.json").json()
    found = {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}
    assert found == CONTRACT
    submit = schema["paths"]["/tasks"]["post"]
    assert set(submit["responses"]) >= {"202", "400", "413", "415", "422", "429", "503"}
    assert submit["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorBody")
    cancel = schema["paths"]["/tasks/{task_id}"]["delete"]
    assert (set(cancel["responses"]) >= {"200", "202", "404", "409"}, cancel["parameters"][1]["name"]) == (
        True,
        "running",
    )
    assert "HTTPValidationError" not in str(schema)
    body = submit["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["type"]
    assert "$ref" not in str(body)  # it would point to nowhere
    assert body["properties"]["webhook"]["anyOf"][1]["required"] == ["url"]


def test_the_app_closes_its_client(at_hand: Services, client: Any, http_to: Any) -> None:
    session = http_to(at_hand)
    assert not client.closed
    session.close()
    assert client.closed
