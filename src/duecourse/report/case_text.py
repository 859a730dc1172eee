"""Where a case stands, as text: what a case handler prints and pins up."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from duecourse.model.case_report import Kind
from duecourse.report.page import WIDTH, aligned, day_text, hung, padded, section
from duecourse.report.words import citations, listed, say, sentence_case, span
from duecourse.report.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from duecourse.model.case_report import Breach, CaseReport, Change, Entry, Permitted, Running
    from duecourse.model.procedure import Cite, Clock, Element, Label, Lang
    from duecourse.report.case_words import Round

from duecourse.report.case_words import change_text, reply_text, short_name


def case_text(report: CaseReport, lang: Lang = "en") -> str:
    """Return the report for a terminal of 100 columns, in English, Chinese or with the labels of both."""
    return "\n".join(
        [
            *_head(report, lang),
            *_limits(report, lang),
            *_breaches(report, lang),
            *_panels(report, lang),
            *_next(report, lang),
            *_history(report, lang),
        ]
    )
