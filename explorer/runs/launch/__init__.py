"""The worker processes of this machine: how they are started and watched, and what is removed from the disk."""
