"""Who may do what at the gateway, and what is written down of it.

  request ──> guard (outermost): host, origin ─> who is it? ─> rule of the route ─> scope, CSRF, rate
                │ refused: 421 403 401 403 429, readable, also for websockets       │
                └ security headers on every answer; the access log                  v
              body limit ──> fence: jobs and bodies of tokens limited to queues ──> routes ──> the audit log

`rules` is the one table of routes and scopes; a route that is not in it is closed.
`doorkeeper.Access` is what the file says, in force; `visitors.visitor(scope)` is who asks.
"""
