"""The keeper of a pool's generation: leases kept alive and hung workers found, from a process that runs no task."""
