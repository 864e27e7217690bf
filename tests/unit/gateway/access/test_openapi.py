from typing import Any

from gateway.access.matching import Matcher
from gateway.access.openapi import described


def test_the_document_says_which_scope_each_route_takes_and_how_it_is_refused(http: Any) -> None:
    schema = http.get("/openapi.json").json()
    purge = schema["paths"]["/queues/{queue}/purge"]["post"]
    assert purge["x-scope"] == "admin"
    assert purge["security"] == [{"token": []}, {"session": []}]
    assert {"401", "403", "429"} <= set(purge["responses"])
    assert schema["paths"]["/health"]["get"]["security"] == []
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "303" in schema["paths"]["/queues"]["get"]["responses"]
    assert {"200", "303", "401", "403", "429", "503"} <= set(schema["paths"]["/login"]["post"]["responses"])
    assert {"200", "303", "403", "503"} <= set(schema["paths"]["/logout"]["post"]["responses"])
    assert "403" not in schema["paths"]["/health"]["get"]["responses"]


def test_it_may_be_put_in_twice(http: Any) -> None:
    once = http.get("/openapi.json").json()
    assert described(once, Matcher()) == http.get("/openapi.json").json()
