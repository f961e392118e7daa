"""What a visitor reads when the server does not answer."""

from explorer.language import N_, _
from explorer.ui.common import theme
from explorer.ui.common.components import declare

LOST = N_(
    "The server does not answer. This page goes on by itself as soon as it is back, and so do trainings that were "
    "running. If it was stopped, scripts/start starts it again."
)

_connection = declare("connection")


def watch_connection() -> None:
    """Has the browser say LOST while there is no connection; to be called once in each run."""
    colours = theme.current()
    data = {"lost": _(LOST), "text": colours.text, "background": colours.surface, "border": colours.error}
    _connection(key="connection", data=data, height=1)
