"""Who holds a connection: the producer's client, the same for asyncio, and a worker's seat at the store."""
