"""Death certificates: written, kept, shown."""
