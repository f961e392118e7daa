"""Files that several machines share by name, in a folder or a bucket: checkpoints and data sets.

Nothing here knows what is in them.
"""
