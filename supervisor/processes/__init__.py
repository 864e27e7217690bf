"""Processes and pipes: started, watched by pidfd, reaped; bytes that never wait."""
