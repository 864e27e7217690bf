"""The janitor: one small detached process that moves what time alone must move.

It promotes jobs whose time has come, rescues jobs whose owner fell silent and
prunes what was kept long enough. Every duty is a bounded, idempotent call to
the engine, so any number of janitors may run at once and none of them leads.

May import: config, engine. Nothing of ours imports the janitor.
"""
