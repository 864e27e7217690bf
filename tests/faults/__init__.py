"""Every verb of the engine, disturbed at every point of its call: the table of the verbs, and what befalls them."""
