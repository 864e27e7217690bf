"""The gateway: HTTP in, jobs out. FastAPI on uvicorn, one asyncio client to the store.

It holds no state that matters: any number may run, and one that dies loses
nothing but its open answers. Routes stand one file a noun; what they share are
`services` (collaborators), `answers` (JSON out), `bodies` (JSON in) and `errors`.

May import: config, engine, scoreboard. Nothing of ours imports the gateway.
"""
