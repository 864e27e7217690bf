"""What people ask of the store about jobs: one, many, a page of them, and why one is not running."""
