"""Names of files as text: on a disk they are bytes, in a ZIP bytes in an encoding that is often not said.

All names of one source are read alike: UTF-8 where they are that, else the encoding under which they look most like a
text in its language (Shift-JIS, GBK, Western European).
"""

import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

SAMPLED_BYTES = 20_000
"""So much of the names decides on the encoding."""


def name_encoding(names: Iterable[bytes], western: str) -> str:
    """The encoding of the names: `utf-8`, `cp932` (Shift-JIS), `gbk`, or `western`, which reads any bytes."""
    sample, size = [], 0
    for name in names:
        if size < SAMPLED_BYTES and not name.isascii():
            sample.append(name)
            size += len(name)
    if all(_decodes(name, "utf-8") for name in sample):
        return "utf-8"
    scores = {western: _western_share("/".join(decoded_name(name, western) for name in sample))}
    for encoding, is_usual in EASTERN.items():
        if all(_decodes(name, encoding) for name in sample):
            scores[encoding] = _usual_share("/".join(name.decode(encoding) for name in sample), is_usual)
    return max(scores, key=lambda encoding: scores[encoding])


def decoded_name(name: bytes, encoding: str) -> str:
    """The name in composed characters (a Mac writes `é` as two); other bytes are shown as numbers."""
    return unicodedata.normalize("NFC", name.decode(encoding, errors="backslashreplace"))


def disk_names(names: Iterable[str]) -> Callable[[str], str]:
    """A function that turns names as Python lists them (undecodable bytes as surrogates) into readable text."""
    encoding = name_encoding((os.fsencode(name) for name in names), "cp1252")
    return lambda name: decoded_name(os.fsencode(name), encoding)


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_usual_japanese(char: str) -> bool:
    """Kana and the kanji of JIS X 0208's first level. Halfwidth katakana appear where Chinese is read as Japanese."""
    return "\u3040" <= char <= "\u30ff" or (not "\uff61" <= char <= "\uff9f" and _lead(char, "cp932") <= 0x98)


def _is_usual_chinese(char: str) -> bool:
    """The hanzi of GB 2312's first level: those that texts consist of."""
    code = char.encode("gbk", errors="replace")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1


def _lead(char: str, encoding: str) -> int:
    """The first byte of a character of two bytes; 255 for another."""
    code = char.encode(encoding, errors="replace")
    return code[0] if len(code) == 2 else 0xFF


EASTERN: Mapping[str, Callable[[str], bool]] = MappingProxyType({"cp932": _is_usual_japanese, "gbk": _is_usual_chinese})
"""Encodings of two bytes a character, and which characters are usual in their languages."""


def _usual_share(text: str, is_usual: Callable[[str], bool]) -> float:
    """The share of usual characters; one beside an ASCII letter is none: there a Western name is read wrongly."""
    foreign = [place for place, char in enumerate(text) if not char.isascii()]
    return sum(is_usual(text[place]) and not _ascii_letters(text, place) for place in foreign) / len(foreign)


def _western_share(text: str) -> float:
    """The share of letters that stand alone, as accents do; a little less than 1, which needs words of the East."""
    foreign = [place for place, char in enumerate(text) if not char.isascii()]
    alone = [place for place in foreign if text[place].isalpha() and _neighbours(text, place).isascii()]
    return 0.95 * len(alone) / len(foreign)


def _neighbours(text: str, place: int) -> str:
    return text[max(place - 1, 0) : place] + text[place + 1 : place + 2]


def _ascii_letters(text: str, place: int) -> bool:
    return any(near.isascii() and near.isalpha() for near in _neighbours(text, place))
