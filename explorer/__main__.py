"""`python -m explorer`: the same things as the pages, without a browser."""

import sys

from explorer.cli.main import main

sys.exit(main())
