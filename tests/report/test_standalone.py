"""A plot in a file of its own: whole, and with all that is needed to read it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from duecourse.model.procedure import Label
from duecourse.report.plots import Plot, canvas, drawn, standalone
from duecourse.report.tables import Table
from duecourse.report.wrapping import ems

TITLE = Label("Cost & compliance: " + "a long title " * 12, "成本与达标：" + "很长的标题" * 20)


@pytest.mark.parametrize("lang", ["en", "zh", "both"])
def test_title_unit_and_note_stand_above_the_drawing_in_lines_that_fit(lang: str) -> None:
    figure, _ = canvas(100)
    labels = [TITLE, Label("per cent; 5 replications", "百分比"), Label("Source: x.", "来源：x。")]
    title, unit, note = labels
    svg = drawn(figure, "p", title, lang)  # type: ignore[arg-type]  # it is one of them
    plot = Plot("p", title, unit, (), note, svg, Table(title, (), ()))

    text = standalone(plot, lang)  # type: ignore[arg-type]  # it is one of them

    root = ET.fromstring(text)
    left, top, width, _ = map(float, root.attrib["viewBox"].split())
    heads = [each for each in root if each.tag.endswith("text")]
    words = "".join((each.text or "").replace(" ", "") for each in heads)
    for label in labels:
        for language in ("en", "zh") if lang == "both" else (lang,):
            assert label.text(language).replace(" ", "") in words
    for each in heads:
        size = float(each.attrib["font-size"])
        assert float(each.attrib["x"]) + size * ems(each.text or "") <= left + width
        assert top < float(each.attrib["y"]) - size / 2
        assert float(each.attrib["y"]) < 0
    assert not re.search(r"var\(", text)
