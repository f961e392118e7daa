"""The numbers that bound a shared run, each with its reason."""

LEFT_AFTER_SECONDS = 300.0
"""A seat whose browser has shown no page for so long has left. A phone whose screen is locked during a discussion, and
a tab in the background, which browsers wake once a minute, keep their places; a queue does not serve empty seats."""
SEEN_EVERY_SECONDS = 20.0
"""Between two notes that a browser is here: a hundred browsers write five times a second."""
UNSTARTED_SECONDS = 30.0
"""A seat's run is noted before its trainings are queued. Where none are there after so long, the server was stopped
between the two, and the seat may start again."""
MOST_PER_SEAT = 10
"""Runs that one seat may start in one shared run."""
MOST_STARTED = 300
"""Runs of all seats of one shared run, of MOST_NETWORKS networks at most: what a page can read every second."""
MOST_SHARED = 50
"""Shared runs of one class, which lasts a month at most."""
MOST_NETWORKS = 4
"""Networks that each seat trains: as many lines as a projector shows apart."""
MOST_STEPS = 5_000
"""Steps of each training: a class lasts an hour, and the curves of all seats are held in memory."""
MOST_VALUES, MOST_CELLS = 6, 12
"""Values of one setting, and cells of a grid: with more, a class of thirty has less than three seeds for each cell."""
LONGEST_VALUES = 200
"""Characters of the values as a teacher types them."""
FEWEST_FOR_BAND = 4
"""Curves from which on a band is drawn: the quartiles of fewer are guesses between two of them."""
