"""Work outside the server's process: how a child process is started, asked, watched and read.

What the work is belongs to the callers and, where it needs torch, to `engine`.
"""
