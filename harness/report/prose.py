"""Docstrings as HTML: paragraphs, lists, indented blocks and `code`; everything else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_ITEM = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_CODE = re.compile(r"(``?)(.+?)\1", re.DOTALL)


def prose(text: str) -> Markup:
    """The text as HTML in which nothing of it is markup."""
    return Markup("\n").join(_block(block) for block in _blocks(text))


def first_sentences(text: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(text.strip().split("\n\n")[0].split())


def inline(text: str) -> Markup:
    """One paragraph's text with its `code`."""
    parts: list[Markup] = []
    end = 0
    for found in _CODE.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup("<code>{}</code>").format(found.group(2)))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _blocks(text: str) -> Iterator[list[str]]:
    for block in re.split(r"\n\s*\n", text.expandtabs(4).strip("\n")):
        lines = [line.rstrip() for line in block.splitlines() if line.strip()]
        if lines:
            yield lines


def _block(lines: list[str]) -> Markup:
    if all(line.startswith("    ") for line in lines):
        margin = min(len(line) - len(line.lstrip()) for line in lines)
        pre = Markup('<pre tabindex="0">{}</pre>')  # it scrolls, also by the keyboard
        return pre.format("\n".join(line[margin:] for line in lines))
    if _ITEM.match(lines[0].lstrip()):
        items = Markup("").join(
            Markup("<li>{}</li>").format(inline(item)) for item in _items(lines)
        )
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(inline(" ".join(line.strip() for line in lines)))


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        text = line.strip()
        if _ITEM.match(text):
            items.append(_ITEM.sub("", text))
        else:
            items[-1] += " " + text
    return items
