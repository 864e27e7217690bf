"""What the tests share: real servers, real processes, and the patience to wait for them."""
