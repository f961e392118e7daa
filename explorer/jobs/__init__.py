"""Work outside the server's process: how a child process is started, given a request, watched and read.

What the work is belongs to the callers and, where it needs torch, to `engine`.
"""
