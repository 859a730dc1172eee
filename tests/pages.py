"""Reads pages and drawings: what they ask for from outside, their tables, and where their texts stand."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from duecourse.report.wrapping import bold_ems, ems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

HTML = "{http://www.w3.org/1999/xhtml}"
LINKS = ("href", "src", "srcset", "poster", "data", "action", "background", "cite")
SVG = "{http://www.w3.org/2000/svg}"


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def english(element: Element) -> str:
    """Return the text of an element without its Chinese parts."""
    own = element.text or ""
    for child in element:
        own += "" if child.get("lang") == "zh" else english(child)
        own += child.tail or ""
    return " ".join(own.split())


def requests(html: str) -> list[str]:
    """Return everything in a page that a browser would fetch from elsewhere."""
    found = []
    for element in ET.fromstring(html).iter():
        tag = element.tag.rpartition("}")[2]
        if tag in {"link", "iframe", "object", "embed", "base", "image", "img", "audio", "video"}:
            found.append(f"<{tag}>")
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in LINKS and not value.startswith("#"):
                found.append(f"{tag} {name}={value}")
            found += [f"{tag} {name}={value}" for url in urls(value) if not url.startswith("#")]
        if tag in {"style", "script"}:
            text = element.text or ""
            found += [url for url in urls(text) if not url.startswith("#")]
            found += re.findall(r"@import|https?:|//\w+\.\w+|fetch\(|XMLHttpRequest|import\(", text)
    return found


def urls(text: str) -> list[str]:
    return re.findall(r"url\(\s*['\"]?([^)'\"]*)", text)


def table(tree: Element, caption: str) -> list[list[Element]]:
    """Return the body rows of the table with this caption."""
    for each in tree.iter(f"{HTML}table"):
        head = each.find(f"{HTML}caption")
        if head is not None and english(head).startswith(caption):
            body = each.find(f"{HTML}tbody")
            assert body is not None
            return [list(row) for row in body]
    raise AssertionError(f"no table {caption}")


def figure(tree: Element, name: str) -> Element:
    found = tree.find(f".//{HTML}figure[@id='figure-{name}']")
    assert found is not None
    return found


def numbers(cells: list[Element]) -> Iterator[tuple[float, float, float]]:
    for cell in cells:
        if "data-value" in cell.attrib:
            low, high = cell.get("data-low", "nan"), cell.get("data-high", "nan")
            yield float(cell.attrib["data-value"]), float(low), float(high)


class Box(NamedTuple):
    text: str
    left: float
    right: float
    top: float
    bottom: float


def boxes(svg: str) -> list[Box]:
    """Return about where every text of a drawing stands, by the widths of a wide common face."""
    found = []
    for each in ET.fromstring(svg).iter(f"{SVG}text"):
        style = each.get("style", "")
        size = re.search(r"([\d.]+)px", style)
        assert size is not None, style
        text = "".join(each.itertext())
        measure = bold_ems if re.search(r"\b(?:bold|700)\b", style) else ems
        width, height = measure(text) * float(size[1]), float(size[1])
        x, y = float(each.attrib["x"]), float(each.attrib["y"])
        anchor = re.search(r"text-anchor: (\w+)", style)
        left = x - width * {"middle": 0.5, "end": 1.0}.get(anchor[1] if anchor else "", 0.0)
        found.append(Box(text, left, left + width, y - 0.75 * height, y + 0.2 * height))
    return found


def clipped(svg: str) -> list[str]:
    _, _, width, height = map(float, re.findall(r'viewBox="([^"]*)"', svg)[0].split())
    return [
        box.text
        for box in boxes(svg)
        if box.left < -1 or box.right > width + 1 or box.top < -1 or box.bottom > height + 1
    ]


def overlapping(svg: str) -> list[tuple[str, str]]:
    return [
        (one.text, two.text)
        for one, two in combinations(boxes(svg), 2)
        if min(one.right, two.right) - max(one.left, two.left) > 0.5
        and min(one.bottom, two.bottom) - max(one.top, two.top) > 0.5
    ]
