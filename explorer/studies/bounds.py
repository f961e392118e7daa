"""The numbers that bound a study, each with its reason."""

MOST_RUNS = 2_000
"""Runs of one study: a page and a table can still show its cells, and a machine trains them in a day or so."""
MOST_SEEDS = 200
"""Seeds of each cell: with 200 an interval of a median holds a seventh of the values, and more seeds add little."""
MOST_VALUES = 100
"""Values of one factor, and networks of one study."""
LONGEST_FILE = 65_536
"""Characters of a study's file."""
LONGEST_TITLE, LONGEST_NAME = 120, 60
"""Characters of a title and of a network's name, which head tables and curves."""
CONFIDENCE_PERCENT = 90
"""The least probability with which an interval encloses the median: the extremes of five seeds do with 93.75 %."""
FEWEST_FOR_INTERVAL = 5
"""Seeds from which on a median has an interval: the extremes of four enclose it with 87.5 % only."""
