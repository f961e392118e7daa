"""The first lesson: five minutes, six steps, for someone who has never met a residual network."""
