"""The languages of the app: texts by gettext catalogues, the language of this run, numbers and dates.

Knows no subject of the app: every other folder may use it. The texts stand in English in the sources; a language is
a folder of `assets/locale` with its catalogue, and may have Markdown texts in a folder of the same name of
`assets/text`.
"""

from explorer.language.messages import (
    N_,
    Sentence,
    Text,
    _,
    as_sentence,
    chained,
    counted,
    few,
    in_source,
    joined,
    ngettext,
    pgettext,
    sentence,
    told,
)
from explorer.language.present import present, speaking

__all__ = [
    "N_",
    "Sentence",
    "Text",
    "_",
    "as_sentence",
    "chained",
    "counted",
    "few",
    "in_source",
    "joined",
    "ngettext",
    "pgettext",
    "present",
    "sentence",
    "speaking",
    "told",
]
