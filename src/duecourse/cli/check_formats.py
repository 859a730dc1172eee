"""The forms in which `check` gives its result to other tools."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse.report.check_text import check_json, check_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.procedure import Lang
    from duecourse.properties.check import Report

FORMATS = ("text", "json", "junit", "sarif", "github")


def formatted(
    reports: Sequence[Report], code: int, format_: str, lang: Lang, *, as_expected: bool
) -> str:
    """Return what checks found in one of the forms, with the exit code of all together."""
    match format_:
        case "json":
            return json.dumps(check_json(reports, code), ensure_ascii=False, indent=2)
        case "junit":
            from duecourse.report.check_junit import check_junit

            return check_junit(reports, checkout(), lang, as_expected=as_expected)
        case "sarif":
            from duecourse.report.check_sarif import check_sarif

            log = check_sarif(reports, checkout(), lang, as_expected=as_expected)
            return json.dumps(log, ensure_ascii=False, indent=2)
        case "github":
            from duecourse.report.check_github import check_github

            return check_github(reports, checkout(), lang, as_expected=as_expected)
        case _:
            return "\n\n".join(check_text(report, lang) for report in reports)


def checkout() -> Path:
    """Return the folder from which files are named: in a job of GitHub that of the checkout, else the current one."""
    here = Path.cwd()
    workspace = os.environ.get("GITHUB_WORKSPACE")
    return Path(workspace) if workspace and here.is_relative_to(workspace) else here
