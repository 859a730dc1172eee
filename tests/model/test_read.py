"""The reader tells every mistake at once: where, what was found, which rule, and the way out, word by word.

Each row below is one mistake in an invented procedure: what stands there, what is written instead, and what is said.
"""

from __future__ import annotations

import pytest
from tests.model.licence import LICENCE, read, said

from duecourse.errors import InvalidInput, Problem, nearest
from duecourse.model.checks import static_problems
from duecourse.model.context import MAX_WRITTEN
from duecourse.model.problems import MAX_PROBLEMS, Problems


class Mistake:
    def __init__(self, name: str, right: str, wrong: str, *said: str) -> None:
        self.name, self.right, self.wrong, self.said = name, right, wrong, said


MISTAKES = [
    Mistake(
        "an unknown actor",
        'actor = "party"\nfrom = "open"\nwhen = "not',
        'actor = "prty"\nfrom = "open"\nwhen = "not',
        '63:10: error[unknown-name]: no actor "prty"; did you mean "party"?',
    ),
    Mistake(
        "an unknown stage",
        'to = "closed"',
        'to = "close"',
        '73:7: error[unknown-name]: no stage "close"; did you mean "closed"?',
    ),
    Mistake(
        "an unknown initial stage",
        'initial = "open"',
        'initial = "opened"',
        '5:12: error[unknown-name]: no stage "opened"; did you mean "open"?',
    ),
    Mistake(
        "an unknown step to measure from",
        'measured_from = ["apply"]',
        'measured_from = ["aply"]',
        '6:19: error[unknown-name]: no step "aply"; did you mean "apply"?',
    ),
    Mistake(
        "an unknown beginning",
        'begins = "apply"',
        'begins = "begin"',
        '110:11: error[unknown-name]: no step "begin"; known: apply, decide, vote_yes, wait',
    ),
    Mistake(
        "an unknown clock",
        'stops = ["limit"]',
        'stops = ["limits"]',
        '112:11: error[unknown-name]: no clock "limits"; did you mean "limit"?',
    ),
    Mistake(
        "an unknown permitted step",
        'ends = "wait"',
        'ends = "wait"\npermits = ["vote_no"]',
        '112:13: error[unknown-name]: no step "vote_no"; did you mean "vote_yes"?',
    ),
    Mistake(
        "an unknown article",
        'cites = ["1"]\nby',
        'cites = ["2"]\nby',
        '124:11: error[unknown-article]: no article "2" in this text; known: 1',
    ),
    Mistake(
        "a citation of another form",
        'cites = ["1"]\nby',
        'cites = ["Art. 1"]\nby',
        "124:11: error[form]: 'Art. 1' is not of the form '12' or '12 (B+)'",
    ),
    Mistake(
        "an unknown panel",
        'panel = "board"',
        'panel = "bord"',
        '81:20: error[unknown-name]: no panel "bord"; did you mean "board"?',
    ),
    Mistake(
        "an unknown reply",
        'value = "yes"',
        'value = "no"',
        '81:37: error[unknown-value]: "no" is no reply of "board"; known: yes',
    ),
    Mistake(
        "a reply of somebody who is not asked",
        'actor = "office"\nfrom = "open"\nreply',
        'actor = "party"\nfrom = "open"\nreply',
        '79:10: error[unknown-value]: "party" is no member of "board"; known: office',
    ),
    Mistake(
        "a reply of two actors",
        'actor = "office"\nfrom = "open"\nreply',
        'actor = ["office", "party"]\nfrom = "open"\nreply',
        "79:9: error[shape]: a reply has one actor, the class of members that gives it",
    ),
    Mistake(
        "members counted by a fact that is no number",
        "count = 3",
        'count = "result"',
        '94:44: error[type]: "result" is no such fact: the number of members is a number, or a fact with a range from 0 on',
    ),
    Mistake(
        "too many members",
        "count = 3",
        "count = 1024",
        "94:43: error[shape]: 1024: input should be less than or equal to 1000",
    ),
    Mistake(
        "a reply listed twice",
        'replies = ["yes"]',
        'replies = ["yes", "yes"]',
        '95:20: error[duplicate]: "yes" is listed twice; name it once',
    ),
    Mistake(
        "a reply named like a count",
        'replies = ["yes"]',
        'replies = ["yes", "open"]',
        '95:20: error[reserved]: "open" is what every panel counts; choose another name for the reply',
    ),
    Mistake(
        "silence that means no reply",
        'replies = ["yes"]',
        'replies = ["yes"]\nsilence = [{ counts_as = "ye" }]',
        '96:27: error[unknown-value]: "ye" is no reply; did you mean "yes"?',
    ),
    Mistake(
        "an unknown name in a guard",
        '"not ready and tries < 3"',
        '"not redy and tries < 3"',
        '65:13: error[unknown-name]: unknown name "redy"; did you mean "ready"?',
    ),
    Mistake(
        "a word where a number belongs",
        '"not ready and tries < 3"',
        '"not ready and tries < many"',
        '65:31: error[type]: "tries" takes a whole number, not many',
    ),
    Mistake(
        "a guard that ends too early",
        '"not ready and tries < 3"',
        '"not ready and"',
        "65:22: error[syntax]: the guard ends too early: 'not ready and'; it may use facts, readings, numbers, ==, !=, <, <=, >, >=, and, or, not",
    ),
    Mistake(
        "an effect in a guard",
        '"not ready and tries < 3"',
        '"not ready and tries = 3"',
        "65:29: error[syntax]: a guard compares with '==', a single '=' is an effect",
    ),
    Mistake(
        "a full-width sign",
        '"not ready and tries < 3"',
        '"not ready ＆ tries < 3"',
        "65:19: error[syntax]: full-width or look-alike character '＆'; write 'and'",
    ),
    Mistake(
        "full-width parentheses",
        '"not ready and tries < 3"',
        '"not ready（tries）"',
        "65:18: error[syntax]: full-width or look-alike character '（'; write '('",
    ),
    Mistake(
        "a fact that is no condition",
        '"not ready and tries < 3"',
        '"result"',
        '65:9: error[type]: "result" is no yes-or-no fact; compare it with a value',
    ),
    Mistake(
        "an order where there is none",
        '"not ready and tries < 3"',
        '"result < grant"',
        '65:16: error[type]: "result" has no order; use == or !=',
    ),
    Mistake(
        "a number where a value belongs",
        '"not ready and tries < 3"',
        '"result == 3"',
        '65:19: error[type]: "result" takes one of its values, not 3',
    ),
    Mistake(
        "an unknown value",
        '"not ready and tries < 3"',
        '"result == granted"',
        '65:19: error[unknown-value]: "granted" is no value of "result"; did you mean "grant"?',
    ),
    Mistake(
        "two types compared",
        '"not ready and tries < 3"',
        '"ready == rounds"',
        '65:15: error[type]: "ready" and "rounds" are of different types; only like is compared with like',
    ),
    Mistake(
        "two values compared",
        '"not ready and tries < 3"',
        '"3 < 4"',
        "65:11: error[type]: 3 < 4 compares two values; one side must be a fact",
    ),
    Mistake(
        "a definition compared",
        '"not ready and tries < 3"',
        '"complete == true"',
        "65:18: error[type]: a definition is used as it stands or with `not`, it is not compared",
    ),
    Mistake(
        "a condition compared",
        '"not ready and tries < 3"',
        '"(ready and rounds > 0) == true"',
        "65:32: error[type]: only a name or a value can be compared; join conditions with and, or, not",
    ),
    Mistake(
        "an unknown name in the second line of a guard",
        '"not ready and tries < 3"',
        '"""not ready and\n    trys < 3"""',
        '66:5: error[unknown-name]: unknown name "trys"; did you mean "tries"?',
    ),
    Mistake(
        "a counter compared with a fact",
        '"not ready and tries < 3"',
        '"rounds < tries"',
        '40:1: error[counter]: the unbounded counter "tries" is compared with something that can vary; give it a range instead',
    ),
    Mistake(
        "a counter compared with a large number",
        '"not ready and tries < 3"',
        '"tries < 5000"',
        '40:1: error[counter]: the unbounded counter "tries" is compared with 5000; what counts so far has a range of its own, at most 1024 values',
    ),
    Mistake(
        "outstanding replies compared with a fact",
        '"not ready and tries < 3"',
        '"board.pending == rounds"',
        '60:1: error[type]: compare "board.pending" with a number; only other counts can be compared with each other',
    ),
    Mistake(
        "an unknown fact in an effect",
        '"ready = true"',
        '"redy = true"',
        '66:8: error[unknown-name]: unknown name "redy"; did you mean "ready"?',
    ),
    Mistake(
        "a number for a yes or no",
        '"ready = true"',
        '"ready = 1"',
        '66:16: error[type]: "ready" takes true or false, not 1',
    ),
    Mistake(
        "an unknown value in an effect",
        '"ready = true"',
        '"result = granted"',
        '66:17: error[unknown-value]: "granted" is no value of "result"; did you mean "grant"?',
    ),
    Mistake(
        "a value out of range",
        '"ready = true"',
        '"rounds = 3"',
        '66:17: error[range]: 3 is outside the range 0 to 2 of "rounds"',
    ),
    Mistake(
        "a step of two",
        '"ready = true"',
        '"rounds += 2"',
        "66:15: error[type]: only a whole-number fact can be counted, by exactly 1",
    ),
    Mistake(
        "a yes or no counted",
        '"ready = true"',
        '"ready += 1"',
        "66:14: error[type]: only a whole-number fact can be counted, by exactly 1",
    ),
    Mistake(
        "a reading set",
        '"ready = true"',
        '"speed = fast"',
        '66:8: error[not-a-fact]: "speed" cannot be set by a step; only facts can',
    ),
    Mistake(
        "a comparison in an effect",
        '"ready = true"',
        '"ready == true"',
        "66:15: error[syntax]: cannot read '= true' here; the effect may use `fact = value`, `fact += 1` or `fact -= 1`",
    ),
    Mistake(
        "a counter counted down",
        '"tries += 1"',
        '"tries -= 1"',
        '40:1: error[counter]: the unbounded counter "tries" is counted down; give it a range instead',
    ),
    Mistake(
        "a fact counted and set",
        '"rounds += 1"',
        '"rounds += 1", "rounds = 0"',
        '83:1: error[effect]: "wait" counts "rounds" and changes it a second time; one effect per fact',
    ),
    Mistake(
        "a count without its guard",
        'when = "rounds < 2"',
        'when = "rounds < 3"',
        '83:1: error[range]: "wait" could take "rounds" beyond 2; add "rounds < 2" to its guard',
    ),
    Mistake(
        "an unknown initial value",
        'initial = "grant"',
        'initial = "granted"',
        "38:12: error[range]: granted is not among the values: grant, refuse",
    ),
    Mistake(
        "a number for an initial yes or no",
        "initial = false",
        "initial = 0",
        "26:11: error[range]: 0 is not among the values: false, true",
    ),
    Mistake(
        "a range too wide",
        "range = [0, 2]",
        "range = [0, 5000]",
        "31:9: error[range]: 0 to 5000: a range goes up and has at most 1024 values; use counter = true for what has no limit",
    ),
    Mistake(
        "a fact of two kinds",
        "range = [0, 2]",
        "range = [0, 2]\ncounter = true",
        "28:1: error[shape]: a fact has values, or a range, or is a counter: only one of them",
    ),
    Mistake(
        "a single value",
        'values = ["grant", "refuse"]',
        'values = ["grant"]',
        "37:10: error[shape]: ['grant']: list should have at least 2 items, not 1",
    ),
    Mistake(
        "a value that is a word of the language",
        'values = ["grant", "refuse"]',
        'values = ["grant", "true"]',
        '37:21: error[reserved]: "true" is a word of the language; choose another name',
    ),
    Mistake(
        "two steps of one name",
        'id = "wait"',
        'id = "decide"',
        '84:7: error[duplicate]: "decide" is declared twice, as step and as step; rename one of them',
        '111:9: error[unknown-name]: no step "wait"; known: apply, decide, vote_yes',
    ),
    Mistake(
        "two kinds of one name",
        'id = "pause"',
        'id = "ready"',
        '108:7: error[duplicate]: "ready" is declared twice, as fact and as suspension; rename one of them',
    ),
    Mistake(
        "a reserved name",
        'id = "pause"',
        'id = "stage"',
        '108:7: error[reserved]: "stage" is a word of the language; choose another name',
    ),
    Mistake(
        "a capital letter",
        'id = "pause"',
        'id = "Pause"',
        "108:7: error[form]: 'Pause' is not of the form small letters, digits and _, beginning with a letter",
    ),
    Mistake(
        "a limit without its unit",
        'limit = "10 working days"',
        'limit = "10 days"',
        "103:10: error[form]: '10 days' is not of the form '10 working days', '5 calendar days' or '3 calendar months'",
    ),
    Mistake(
        "an extension of unknown length",
        'limit = "10 working days"',
        'limit = "10 working days"\nextensions = [{ step = "wait", by = "lots" }]',
        "104:38: error[form]: 'lots' is not of the form '15 working days' or 'unlimited'",
    ),
    Mistake(
        "a misspelt key",
        'binds = "office"',
        'bind = "office"',
        '99:1: error[missing]: "binds" is missing; add it to this table',
        '102:1: error[unknown-key]: unknown key "bind"; did you mean "binds"?',
    ),
    Mistake(
        "a misspelt key that was needed",
        'from = "open"\nto',
        'form = "open"\nto',
        '68:1: error[missing]: "from" is missing; add it to this table',
        '72:1: error[unknown-key]: unknown key "form"; did you mean "from"?',
    ),
    Mistake(
        "an unknown mark",
        'mark = "Q"',
        'mark = "A"',
        "11:9: error[shape]: 'A': input should be 'Q', 'B+', 'B-' or 'I'",
    ),
    Mistake(
        "a word for a yes or no",
        "final = true",
        'final = "yes"',
        "58:10: error[shape]: 'yes': input should be a valid boolean",
    ),
    Mistake(
        "an option listed twice",
        '{ id = "fast"',
        '{ id = "slow"',
        '119:54: error[duplicate]: "slow" is listed twice; name it once',
    ),
    Mistake(
        "an unknown default",
        'ref = "R1"',
        'ref = "R1"\ndefault = "slw"',
        '117:12: error[unknown-value]: "slw" is no option of "speed"; did you mean "slow"?',
    ),
    Mistake(
        "a step that ends the case uncounted",
        '[[outcome]]\nid = "done"\nlabel = { en = "Done" }\ncites = ["1"]\nby = "decide"\n',
        "",
        '68:1: error[outcome]: "decide" from "open" ends the case; it must be listed by exactly one outcome, it is listed by none',
    ),
    Mistake(
        "voters decided by a fact",
        'electorate = [{ actor = "office", count = 3 }]',
        'electorate = [{ actor = "office", count = 3, when = "ready" }]',
        '91:1: error[readings-only]: "ready" is no reading; this condition is decided by readings alone, declare one',
    ),
    Mistake(
        "a misspelt table",
        "[[not_modelled]]",
        "[[notmodelled]]",
        '127:1: error[unknown-table]: unknown table "notmodelled"; did you mean "not_modelled"?',
    ),
    Mistake(
        "a table that should be a list",
        "[[clock]]",
        "[clock]",
        "99:1: error[shape]: must be written as [[clock]], once per element",
    ),
    Mistake(
        "a misspelt head",
        "[procedure]",
        "[procedures]",
        "1:1: error[missing]: no [procedure] table; a procedure file begins with one",
        '1:1: error[unknown-table]: unknown table "procedures"; did you mean "procedure"?',
    ),
    Mistake(
        "a missing key",
        'calendar = "prc"\n',
        "",
        '1:1: error[missing]: "calendar" is missing; add it to this table',
    ),
    Mistake(
        "a step of the law taken twice",
        'starts = ["apply"]',
        'starts = ["apply"]\non_lapse = ["decide", "decide"]',
        '99:1: error[automatic]: the step "decide" is taken by two lapses; give each a step of its own',
    ),
    Mistake(
        "two steps of the law at once",
        'starts = ["apply"]',
        'starts = ["apply"]\non_lapse = ["decide", "wait"]',
        '99:1: error[automatic]: when "limit" lapses, "decide" and "wait" could both be taken; make their conditions exclude each other',
    ),
    Mistake(
        "a bracket that is not closed",
        '[[step]]\nid = "apply"',
        '[[step]\nid = "apply"',
        "60:7: error[toml]: Expected ']]' at the end of an array declaration; the line is '[[step]'",
    ),
]


def test_the_procedure_without_mistakes_is_read_and_has_no_findings() -> None:
    assert static_problems(read(LICENCE)) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.name)
def test_a_mistake_is_told_with_its_place_and_the_way_out(mistake: Mistake) -> None:
    assert LICENCE.count(mistake.right) >= 1

    text = LICENCE.replace(mistake.right, mistake.wrong, 1)

    assert said(text) == [f"licence.toml:{each}" for each in mistake.said]


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    text = LICENCE
    told: list[str] = []
    for name in ("an unknown reply", "an unknown value", "a value out of range", "a misspelt key"):
        mistake = next(each for each in MISTAKES if each.name == name)
        text = text.replace(mistake.right, mistake.wrong, 1)
        told += [f"licence.toml:{each}" for each in mistake.said]

    assert sorted(said(text)) == sorted(told)
    lines = [int(each.split(":")[1]) for each in said(text)]
    assert lines == sorted(lines)


def test_mistakes_in_the_head_do_not_hide_those_in_the_elements() -> None:
    text = LICENCE.replace('initial = "open"', "initial = 1").replace(
        'from = "open"', 'from = "opn"', 1
    )

    assert said(text) == [
        "licence.toml:5:11: error[shape]: 1: input should be a valid string",
        'licence.toml:64:9: error[unknown-name]: no stage "opn"; did you mean "open"?',
    ]


def test_a_wrong_declaration_is_told_once_and_not_at_every_use() -> None:
    text = LICENCE.replace("range = [0, 2]", "range = [0]")

    assert said(text) == [
        "licence.toml:31:9: error[shape]: [0]: list should have at least 2 items, not 1"
    ]


def test_reading_stops_at_the_hundredth_problem() -> None:
    steps = "".join(f'\n[[step]]\nid = "s{i}"\n' for i in range(100))

    lines = said(LICENCE + steps)

    assert len(lines) == MAX_PROBLEMS + 1
    assert (
        "error[stopped]: 100 problems were found and reading stopped; correct these first"
        in lines[-1]
    )


def test_all_guards_together_are_as_long_as_the_limit_and_no_longer() -> None:
    guard = "ready or " * 200 + "ready"
    steps = "".join(
        f'\n[[step]]\nid = "s{i}"\nlabel = {{ en = "x" }}\nactor = "party"\nfrom = "open"\nwhen = "{guard}"\n'
        for i in range(MAX_WRITTEN // len(guard) + 1)
    )

    rule = f"more than {MAX_WRITTEN} characters of guards and effects in one procedure; use definitions"
    assert [each.split(": ", 1)[1] for each in said(LICENCE + steps)] == [
        f"error[too-long]: {rule}"
    ]


def test_there_are_at_least_twenty_five_kinds_of_mistakes() -> None:
    assert len(MISTAKES) >= 25


def test_a_problem_prints_as_editors_link_it() -> None:
    problem = Problem("law.toml", 3, 7, "range", "too wide")

    assert str(problem) == "law.toml:3:7: error[range]: too wide"


def test_problems_are_told_once_and_in_order() -> None:
    problems = Problems()
    problems.extend(Problem("a.toml", line, 1, "c", "m") for line in (2, 1, 2))

    with pytest.raises(InvalidInput, match=r"^a.toml:1:1: .*\na.toml:2:1: [^\n]*$"):
        problems.refuse()
    Problems().refuse()


def test_the_nearest_of_very_many_names_is_looked_for_among_its_neighbours() -> None:
    names = [f"step{i:04}" for i in range(5_000)]

    assert nearest("step0123x", names) == '; did you mean "step0123"?'
    assert nearest("zzz", names).startswith("; known: step0000, step0001")
    assert nearest("zzz", []) == "; none is declared"
