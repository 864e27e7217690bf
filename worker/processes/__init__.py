"""Worker processes as such: their fork, what they are told, how they ended, and what is known of the dead."""
