"""What a test may ask of a text: the numbers in it, not its words, so that a better wording breaks no test."""

import re

from explorer.language.catalogues import languages
from explorer.ui.common.texts import FOLDER


def numbers(text: object) -> list[str]:
    """The numbers of a text in their order, as they are printed: `1,437`, `0.5`, `-3`."""
    return re.findall(r"(?<![\w.,-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)", str(text))


def markdown_texts(folder: str = "") -> list[tuple[str, str]]:
    """Each Markdown text below a folder with each language that has it: `("zh_CN", "labs/order")`."""
    return [
        (language, str(path.relative_to(FOLDER / language).with_suffix("")))
        for language in languages()
        for path in sorted((FOLDER / language / folder).rglob("*.md"))
    ]
