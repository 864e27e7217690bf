"""What a running job says of itself, on its way to the store."""
