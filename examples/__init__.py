"""What a user's own code looks like: task modules, and programs that submit jobs."""
