"""Rows that cannot be used are listed with a reason; a file that is no log is refused at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from duecourse.audit import parse_columns
from duecourse.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.audit import Audit

    Audited = Callable[..., Audit]

HEAD = "case,step,date,actor\n"
GOOD = "a,apply,2024-03-01,applicant\n"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,ask,1.3.2024,", "date"),
        ("a,ask,,", "date"),
        ("a,ask,2024-02-30,", "date"),
        ("a,ask,1998-03-01,", "calendar"),
        (",ask,2024-03-01,", "no-case"),
        ("a,,2024-03-01,", "no-step"),
        ("a,ask,2024-03-01", "ragged"),
        ("a,ask,2024-03-01,authority,x", "ragged"),
        ("a," + "s" * 600 + ",2024-03-01,", "long-name"),
    ],
)
def test_a_row_that_cannot_be_used_is_listed(audited: Audited, row: str, code: str) -> None:
    found = audited(HEAD + GOOD + row + "\n" + GOOD.replace("a,", "b,", 1))

    assert [(each.row, each.code) for each in found.listed] == [(3, code)]
    assert (found.rows, found.used) == (3, 2)


def test_a_row_in_another_encoding_is_listed(audited: Audited) -> None:
    found = audited((HEAD + GOOD).encode() + "b,申请许可,2024-03-01,\n".encode("gb18030"))

    assert [(each.row, each.code) for each in found.listed] == [(3, "encoding")]
    assert "gb18030" in found.listed[0].reason


def test_another_encoding_can_be_named(audited: Audited) -> None:
    log = ("案号,步骤,日期,主体\n1,申请许可,2024-03-01,申请人\n").encode("gb18030")

    assert audited(log, encoding="gb18030").exit_code == 0
    with pytest.raises(InvalidInput, match="the head is not utf-8"):
        audited(log)


def test_a_byte_order_mark_and_blank_lines_are_passed_over(audited: Audited) -> None:
    found = audited("\ufeff" + HEAD + GOOD + "\n\n" + "a,grant,2024-03-08,,\n")

    assert (found.rows, found.used, found.exit_code) == (2, 2, 0)
    assert "byte order mark" in found.remarks[0]


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (b"", "no head"),
        (b"case,step,date\na,\0,2024-01-01\n", "NUL"),
        ((HEAD + GOOD).encode("utf-16"), "UTF-16"),
        (b"," * 2_000 + b"\n", "columns"),
        (b"c," * 1_000_000 + b"\n", "a line of more than"),
        (HEAD.encode() + b'a,"' + b"x\n" * 200_000, "quotation mark"),
        (b"case,case,step,date\n", "more than one column"),
        (b"number,step,date\n", "which column is the case"),
    ],
)
def test_a_file_that_is_no_log_is_refused_at_once(
    audited: Audited, log: bytes, message: str
) -> None:
    began = time.perf_counter()
    with pytest.raises(InvalidInput, match=message):
        audited(log)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("case", "names no column"),
        ("cas=a", "did you mean"),
        ("case=a,case=b", "twice"),
    ],
)
def test_columns_that_make_no_sense(columns: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_columns(columns)
