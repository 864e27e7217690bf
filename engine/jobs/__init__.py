"""What a job is: its record, its states and story, and what may be said of a new one. Pure."""
