"""Those outside: signals, control sockets, metrics, systemd."""
