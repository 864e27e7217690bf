"""What travels in a job, as bytes and back: msgpack, compression, encryption, one line of it for people."""
