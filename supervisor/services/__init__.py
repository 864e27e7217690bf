"""Single processes kept by a rule: programs, the store, the janitor; what starts, ends and follows them."""
