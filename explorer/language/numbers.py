"""Numbers and dates as the present language writes them."""

from datetime import datetime
from functools import cache

from explorer.language.catalogues import SOURCE
from explorer.language.present import present


def written(number: str) -> str:
    """A number that Python has written, `1,234.5`, with the marks of the present language: German has `1.234,5`."""
    language = present()
    return number if language == SOURCE else number.translate(_marks(language))


@cache
def _marks(language: str) -> dict[int, str]:
    from babel import Locale

    symbols = Locale.parse(language).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}


def moment(seconds: float) -> str:
    """A time since the epoch as day and minute, in the machine's time zone: `2026年11月30日 14:05`."""
    from babel.dates import format_date, format_time

    when = datetime.fromtimestamp(seconds).astimezone()
    return f"{format_date(when, locale=present())} {format_time(when, 'short', locale=present())}"
