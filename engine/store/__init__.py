"""How the store is spoken to: names, scripts, calls, connections and sessions, and waiting for what it tells."""
