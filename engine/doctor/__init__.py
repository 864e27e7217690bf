"""What a server can do to the jobs in it: facts, and what follows from them."""
