"""Writes SVG elements. Knows nothing of networks."""

from functools import cache, lru_cache
from html import escape

Attribute = str | float | None
FONT = "'Source Sans', 'Source Sans 3', 'Segoe UI', Helvetica, Arial, sans-serif"


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


@cache
def _name(key: str) -> str:
    """Python's spelling of an attribute's name to SVG's: `stroke_width`, `class_`."""
    return key.rstrip("_").replace("_", "-")


@lru_cache(maxsize=4096)
def _written(value: str | float) -> str:
    """An attribute's value. Kept, since most values of a picture are colours, sizes and places that come again."""
    return escape(value) if isinstance(value, str) else number(value)


def element(tag: str, *children: str, **attributes: Attribute) -> str:
    """An element; in attribute names `_` stands for `-` and a last `_` is dropped; None leaves an attribute out."""
    written = "".join([f' {_name(key)}="{_written(value)}"' for key, value in attributes.items() if value is not None])
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def text_element(tag: str, content: str, **attributes: Attribute) -> str:
    """An element that holds plain text: `title`, `desc`, `text`."""
    return element(tag, escape(content, quote=False), **attributes)


def title(content: str) -> str:
    """The tooltip of the element it is the first child of."""
    return text_element("title", content)


def text(content: str, x: float, y: float, size: float, fill: str, **attributes: Attribute) -> str:
    """A line of text."""
    return text_element("text", content, x=x, y=y, font_size=size, fill=fill, **attributes)


def points(*pairs: tuple[float, float]) -> str:
    """The `points` of a polygon."""
    return " ".join([f"{number(x)},{number(y)}" for x, y in pairs])


def picture(
    name: str, description: str, box: tuple[float, float, float, float], *parts: str, **attributes: Attribute
) -> str:
    """A whole picture as wide as its place: its title, its description in sentences, its view box and its elements."""
    return element(
        "svg",
        title(name),
        text_element("desc", description),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=" ".join(map(number, box)),
        width="100%",
        role="img",
        **attributes,
        font_family=FONT,
    )
