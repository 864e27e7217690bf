"""Another config while the herd runs: what differs, what that needs, doing it, what was set at run time."""
