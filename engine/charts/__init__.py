"""The charts' figures: what is counted, how counts become bytes and series, and what is read from them."""
