"""The worker processes of this machine: how they are started, watched and cleaned up after."""
