"""Start: what the app is, and the ways into it."""

from explorer.ui.start import arrival, page

arrival.keep_visit()
page.introduction()
page.doors()
page.foot()
