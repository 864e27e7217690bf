"""How new jobs get in: one or many, idempotent, unique, cached, with a webhook, durable, or once again."""
