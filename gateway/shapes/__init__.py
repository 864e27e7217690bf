"""How answers look, one model each, for `/openapi.json`. The answers themselves are made in the routes."""
