"""The engine's command line, one file a noun. Whatever costs time to import is imported by the verb that needs it."""
