"""Real logs against a procedure: its steps, its clocks on the calendar, its properties.

`duecourse.model.event_log` reads a CSV file, `context` is what all cases share, `places` and `strand` tell where a case may be,
`case_audit` follows one case past every deviation, `audit` is the whole run, `dates` is the audit of a list that knows
only when cases began, were due and ended.
"""

from __future__ import annotations

from duecourse.audit.audit import audit
from duecourse.audit.dates import DatesAudit, audit_dates, parse_limit
from duecourse.audit.deviation import Audit, Deviation, Kind
from duecourse.model.columns import Columns, Names, parse_columns, read_names

__all__ = [
    "Audit",
    "Columns",
    "DatesAudit",
    "Deviation",
    "Kind",
    "Names",
    "audit",
    "audit_dates",
    "parse_columns",
    "parse_limit",
    "read_names",
]
