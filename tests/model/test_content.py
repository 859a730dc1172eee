"""The law: what the shipped texts must contain, from the notes on the Measures that the project rests on.

"Section" means a section of those notes (law/measures.md). The two pages in docs/background are checked where they
lie beside the tests; the tests also run against an installed wheel, which has no docs.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import duecourse as dc
from duecourse.calendar import Span, Unit
from duecourse.model.checks import static_problems
from duecourse.model.expression import Variable, conjunction, simplify, variables
from duecourse.model.machine import CaseMachine
from duecourse.model.table import combinations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duecourse.model.procedure import Element, Procedure

DOCS = Path(__file__).resolve().parents[2] / "docs" / "background"
beside_docs = pytest.mark.skipif(not DOCS.is_dir(), reason="an installed wheel has no docs")

TEXTS = {"trial-2017": 16, "measures-2020": 22, "measures-2022": 23}  # articles, sections 2 to 4
loaded = cache(dc.load)
AMENDMENTS = [name for name, each in dc.catalogue().items() if each.kind == "amendment"]
OLD, NEW = loaded("measures-2020"), loaded("measures-2022")


def elements(procedure: Procedure) -> Iterator[Element]:
    """Every element that must rest on an article: everything that is named, but articles themselves."""
    yield from chain(
        procedure.actors,
        procedure.facts,
        procedure.definitions,
        procedure.stages,
        procedure.steps,
        procedure.clocks,
        procedure.panels,
        procedure.suspensions,
        procedure.readings,
        procedure.outcomes,
    )


# --- every article, every element -----------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_every_article_is_cited_by_an_element_or_left_out_with_its_reason(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    procedure = loaded(name)
    cited = {cite.article for each in elements(procedure) for cite in each.cites}
    left_out = {cite.article for each in procedure.not_modelled for cite in each.cites}

    assert [each.id for each in procedure.articles] == [str(n + 1) for n in range(TEXTS[name])]
    assert [each.id for each in procedure.articles if each.id not in cited | left_out] == []
    assert all(each.reason.en and each.reason.zh for each in procedure.not_modelled)
    record_property(
        "covered",
        f"{name}: {len(procedure.articles)} articles, {len(cited)} of them cited by "
        f"{len(list(elements(procedure)))} elements, {len(left_out - cited)} left out whole and "
        f"{len(left_out & cited)} in part, each with its reason",
    )


@pytest.mark.parametrize("name", [*TEXTS, *AMENDMENTS])
def test_every_element_has_its_label_in_two_languages_and_cites_an_article(name: str) -> None:
    procedure = loaded(name)
    options = [option.label for reading in procedure.readings for option in reading.options]
    labels = [each.label for each in (*elements(procedure), *procedure.articles)]

    assert [each.id for each in elements(procedure) if not each.cites] == []
    assert [each for each in (*labels, *options) if not (each.en and each.zh)] == []


@pytest.mark.parametrize("name", [*TEXTS, *AMENDMENTS])
def test_the_static_checks_find_nothing(name: str) -> None:
    assert static_problems(loaded(name)) == []


def test_every_amendment_changes_what_it_amends() -> None:
    assert len(AMENDMENTS) >= 6  # the six that the project set out to ship
    for name in AMENDMENTS:
        procedure = loaded(name)
        assert procedure != loaded(dc.catalogue()[name].of)
        assert procedure.amended_by == (name,)


def test_each_text_ends_where_the_next_one_begins() -> None:
    dates = [loaded(name).in_force for name in TEXTS]

    assert [str(each) for pair in dates for each in pair] == [
        "2017-06-01", "2020-05-31", "2020-06-01", "2022-02-14", "2022-02-15", "None",
    ]  # fmt: skip  # sections 2 to 4


# --- the statements of the source text ---------------------------------------------------------------------

KINDS = ("actor", "fact", "definition", "stage", "step", "clock", "panel", "reading")


properties = cache(dc.load_properties)


def exists(reference: str) -> bool:
    name, *rest = reference.split("/")
    if name == "property":
        return rest[0] in {each.id for each in properties()}
    procedure, (kind, found) = loaded(name), rest
    if kind == "not_modelled":
        return any(cite.article == found for each in procedure.not_modelled for cite in each.cites)
    if kind == "definition":
        return found in {each.id for each in procedure.definitions}
    assert kind in KINDS
    return found in getattr(procedure, kind)


@beside_docs
def test_every_statement_of_the_source_text_has_a_place_that_exists() -> None:
    text = (DOCS / "source-statements.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (S\d) \|(.*)\|$", text, re.MULTILINE))
    references = {row: re.findall(r"`([\w./-]+/[\w./-]+)`", cells) for row, cells in rows.items()}

    assert list(rows) == [f"S{n}" for n in range(1, 10)]  # section 0
    assert [row for row, found in references.items() if not found] == []
    everywhere = re.findall(r"`([\w-]+/[\w./-]+)`", text)
    assert [each for each in everywhere if each != "property/id" and not each.startswith("procedure/kind") and not exists(each)] == []  # fmt: skip


def test_a_place_that_does_not_exist_is_noticed() -> None:
    assert exists("measures-2020/step/file")
    assert not exists("measures-2020/step/fly")
    assert not exists("trial-2017/actor/operator")
    assert not exists("property/s10")


def test_s1_operators_do_nothing_under_the_text_of_2017_and_file_under_that_of_2020() -> None:
    trial = loaded("trial-2017")

    assert "operator" not in trial.actor
    assert {each.actors for each in trial.steps} >= {("provider",), ("office",), ("third_party",)}
    assert OLD.step["file"].actors == ("operator",)
    assert (trial.clocks, trial.panels) == ((), ())  # section 4: no deadlines, no consultation


def test_s4_nothing_is_filed_before_the_provider_is_bound_to_its_four_duties() -> None:
    bound = {"bound_cooperation", "bound_data", "bound_control", "bound_supply"}

    assert bound <= set(variables(OLD.step["file"].when))
    for name in bound:
        missing = {fact.id: True for fact in OLD.facts if len(fact.values) == 2} | {name: False}
        machine = CaseMachine(OLD, facts=missing)
        machine.load({"stage": "preparing"})
        assert "file" not in machine.permitted()


@pytest.mark.parametrize(("procedure", "count"), [(OLD, 5), (NEW, 7)], ids=["2020", "2022"])
def test_s8_no_proposal_is_formed_before_every_factor_is_assessed(
    procedure: Procedure, count: int
) -> None:
    factors = [fact.id for fact in procedure.facts if fact.id.startswith("factor_")]

    assert len(factors) == count  # section 3, Art. 10: five factors became seven
    assert procedure.step["propose_pass"].when == conjunction(*map(Variable, factors))
    assert procedure.step["propose_fail"].when == procedure.step["propose_pass"].when


# --- limits and members --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("procedure", "special"), [(OLD, 45), (NEW, 90)], ids=["2020", "2022"])
def test_the_limits_are_10_30_and_15_more_15_and_45_or_90_working_days_by_sections_2_and_3(
    procedure: Procedure, special: int
) -> None:
    limits = {clock.id: clock.limit for clock in procedure.clocks}
    extensions = {each.by for each in procedure.clock["preliminary_clock"].extensions}

    assert limits == {
        "screening_clock": Span(10, Unit.WORKING_DAY),
        "preliminary_clock": Span(30, Unit.WORKING_DAY),
        "comments_clock": Span(15, Unit.WORKING_DAY),
        "special_clock": Span(special, Unit.WORKING_DAY),
        "notice_clock": Span(10, Unit.WORKING_DAY),  # reading R26
    }
    assert extensions == {Span(15, Unit.WORKING_DAY)}
    assert {each.by for each in procedure.clock["special_clock"].extensions} == {
        None,  # reading R14: unbounded, or once by at most the base period
        Span(special, Unit.WORKING_DAY),
    }


@pytest.mark.parametrize(("procedure", "count"), [(OLD, 12), (NEW, 13)], ids=["2020", "2022"])
def test_12_members_in_2020_and_13_in_2022_vote_or_one_less_without_the_cac(
    procedure: Procedure, count: int
) -> None:
    members = procedure.actor["members"].members
    counts = [each.count for each in procedure.panel["opinions"].electorate]

    assert len(members) == len(set(members)) == count
    assert "CAC" in members[0].en  # reading R8 leaves out the first
    assert counts == [count, count - 1, "departments"]


# --- the readings ------------------------------------------------------------------------------------------------

READINGS = {  # section 5, in its order, the default first
    "R1": ("screening_start", ["complete_materials", "receipt"]),
    "R2": ("day_counting", ["first_excluded", "first_included"]),
    "R3": ("calendar", ["schedule", "no_make_up", "weekdays"]),
    "R4": ("no_decision", ["breach_only", "deemed_no_review", "deemed_review"]),
    "R5": ("silence", ["wait", "agreement", "abstention"]),
    "R6": ("consultation_time", ["after_preliminary", "inside_preliminary"]),
    "R7": ("consistency", ["all_support", "all_equal", "no_objection"]),
    "R8": ("voters", ["all_members", "without_cac"]),
    "R9": ("extension_decision", ["office_once"]),
    "R10": ("second_consultation_time", ["no_limit_of_its_own", "inside_special", "on_top"]),
    "R11": ("still_inconsistent", ["to_commission", "consult_again"]),
    "R12": ("commission_refusal", ["back_to_office", "ends_case", "opposite"]),
    "R13": ("commission_time", ["counted", "not_counted"]),
    "R14": ("special_extension", ["unbounded", "once", "none"]),
    "R15": ("supplements", ["unlimited", "at_most_one"]),
    "R16": ("supplement_scope", ["office_only", "members_too"]),
    "R17": ("withdrawal", ["allowed", "not_allowed"]),
    "R18": ("ex_officio_entry", ["written_notice", "screening"]),
    "R20": ("ex_officio_trigger", ["single_member", "consensus"]),
    "R21": ("results", ["pass_or_fail", "with_conditional"]),
    "R22": ("standstill", ["until_pass", "none"]),
    "R24": ("report_effect", ["none", "suspends"]),
    "R25": ("pending_cases", ["new_at_once", "old_to_the_end"]),
    "R26": ("notice_limit", ["none", "ten_days"]),
}


def listed(procedure: Procedure) -> dict[str, tuple[str, list[str]]]:
    return {
        each.ref: (each.id, [option.id for option in each.options]) for each in procedure.readings
    }


def test_the_text_of_2022_has_every_reading_with_its_options_and_its_default_first() -> None:
    assert listed(NEW) == READINGS
    assert [each.ref for each in NEW.readings if each.migration] == ["R25"]


def test_the_text_of_2020_has_the_same_but_counts_from_receipt_and_follows_no_text_with_open_cases() -> (
    None
):
    expected = {ref: found for ref, found in READINGS.items() if ref != "R25"}
    expected["R1"] = ("screening_start", ["receipt", "complete_materials"])

    assert listed(OLD) == expected


@pytest.mark.parametrize("name", ["R19", "R27", "R28", "R29"])
def test_what_is_no_switch_is_a_note(name: str) -> None:
    assert [each for each in NEW.not_modelled if re.search(rf"\b{name}\b", each.reason.en)]


def test_the_text_of_2022_can_be_read_in_more_than_a_hundred_million_ways() -> None:
    count = prod(len(options) for _, options in READINGS.values())

    assert count == prod(len(each.options) for each in NEW.readings)
    assert count > 10**8
    assert next(combinations(NEW)) == {each.id: each.default for each in NEW.readings}


# --- what consistent means ------------------------------------------------------------------------------------------

PATTERNS = {  # of 13 members
    "nobody replies": [],
    "some support": ["supports"] * 3,
    "some object": ["objects"] * 3,
    "some are neutral": ["neutral"] * 3,
    "some support, one objects": ["supports"] * 3 + ["objects"],
    "some support, one is neutral": ["supports"] * 3 + ["neutral"],
    "all support": ["supports"] * 13,
    "all object": ["objects"] * 13,
    "all are neutral": ["neutral"] * 13,
    "all support but one, who objects": ["supports"] * 12 + ["objects"],
}


def finding(silence: str, consistency: str, replies: list[str]) -> str:
    """Return what the Office can find once these replies have come and the time for comments is over."""
    machine = CaseMachine(NEW, {"silence": silence, "consistency": consistency})
    machine.load({"stage": "proposal_formed"})
    machine.take("send_proposal")
    for reply in replies:
        machine.take(f"member_{reply}")
    if "close_comments" in machine.permitted():
        machine.take("close_comments")
    if "find_consistent" in machine.permitted():
        return "consistent"
    return "not consistent" if "find_not_consistent" in machine.permitted() else "waits"


def table(silence: str) -> list[list[str]]:
    return [
        [name, *(finding(silence, each, replies) for each in READINGS["R7"][1])]
        for name, replies in PATTERNS.items()
    ]


def test_with_no_reply_at_all_silence_and_consistency_decide_as_the_page_says() -> None:
    nothing = {
        silence: [finding(silence, each, []) for each in READINGS["R7"][1]]
        for silence in READINGS["R5"][1]
    }

    assert nothing == {  # R5 x R7, reasons in docs/background/consistent.md
        "wait": ["waits", "waits", "waits"],
        "agreement": ["consistent", "consistent", "consistent"],
        "abstention": ["not consistent", "not consistent", "consistent"],
    }


@beside_docs
@pytest.mark.parametrize("silence", READINGS["R5"][1])
def test_the_page_on_consistency_shows_what_the_model_finds(silence: str) -> None:
    text = (DOCS / "consistent.md").read_text(encoding="utf-8")
    section = text.split(f"## `silence = {silence}`")[1].split("## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]

    assert rows[0] == ["replies", *READINGS["R7"][1]]
    assert rows[2:] == table(silence)


# --- what changed from 2020 to 2022 (section 3) -------------------------------------------------------------------------


def names(procedure: Procedure, kind: str) -> set[str]:
    return set(getattr(procedure, kind))


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("actor", {"platform"}),  # Art. 2
        ("stage", set()),
        ("step", {
            "platform_finds_risk",  # Art. 2
            "platform_plans_listing",  # Art. 7
            "assess_data", "assess_listing",  # Art. 10
            "require_measures", "take_measures",  # Art. 16
        }),
        ("fact", {"kind", "factor_data", "factor_listing", "measures_required"}),
        ("clock", set()),
        ("panel", set()),
        ("suspension", set()),
        ("reading", {"pending_cases"}),  # Art. 23
    ],
)  # fmt: skip
def test_the_text_of_2022_adds_this_and_drops_nothing(kind: str, new: set[str]) -> None:
    assert names(NEW, kind) - names(OLD, kind) == new
    assert names(OLD, kind) - names(NEW, kind) == set()


def cited(procedure: Procedure, kind: str, name: str) -> set[str]:
    return {each.article for each in getattr(procedure, kind)[name].cites}


@pytest.mark.parametrize(
    ("kind", "name", "old", "new"),
    [
        ("step", "file", {"2", "5", "7"}, {"2", "5", "7", "8"}),
        ("clock", "screening_clock", {"8"}, {"9"}),
        ("fact", "factor_infrastructure", {"9"}, {"10"}),
        ("clock", "preliminary_clock", {"10"}, {"11"}),
        ("clock", "comments_clock", {"11"}, {"12"}),
        ("step", "commission_approves_conclusion", {"12"}, {"13"}),
        ("clock", "special_clock", {"13"}, {"14"}),
        ("suspension", "supplement", {"14"}, {"15"}),
        ("step", "report_opening", {"15"}, {"16"}),
        ("step", "report_reviewer", {"17"}, {"18"}),
        ("step", "urge_provider", {"18"}, {"19"}),
    ],
)
def test_the_articles_from_7_on_moved_by_one_in_2022(
    kind: str, name: str, old: set[str], new: set[str]
) -> None:
    assert (cited(OLD, kind, name), cited(NEW, kind, name)) == (old, new)


def test_the_securities_commission_joined_in_2022() -> None:
    assert not any("CSRC" in each.en for each in OLD.actor["members"].members)
    assert any("CSRC" in each.en for each in NEW.actor["members"].members)


def test_protection_departments_became_relevant_departments_in_2022() -> None:
    assert OLD.actor["protection"].label.zh == "关键信息基础设施保护工作部门"
    assert NEW.actor["protection"].label.zh == "相关部门"


def test_a_platform_binds_no_provider_and_files_all_the_same() -> None:
    guard = NEW.step["file"].when

    assert simplify(guard, {"kind": "listing"}) == Variable("declaration")
    assert "bound_supply" in variables(simplify(guard, {"kind": "procurement"}))


def test_the_commission_approves_every_conclusion_of_a_special_review_in_both_texts() -> None:
    for procedure in (OLD, NEW):
        leads = {
            step.id
            for step in procedure.steps
            if any(branch.stage == "approved" for branch in step.branches)
        }
        assert leads == {"commission_approves_conclusion", "commission_refuses_conclusion"}
        assert {procedure.step[each].actors for each in leads} == {("commission",)}
        assert procedure.step["form_conclusion"].sources == ("approved",)


def test_without_the_commission_nobody_approves() -> None:
    for name in ("no-commission-2020", "no-commission-2022"):
        assert not [
            each
            for each in loaded(name).step
            if each.startswith("commission_") and "conclusion" in each
        ]


def test_the_draft_of_2021_changes_the_unit_of_the_special_review() -> None:
    assert loaded("special-three-months").clock["special_clock"].limit == Span(
        3, Unit.CALENDAR_MONTH
    )
    assert loaded("special-45").clock["special_clock"].limit == OLD.clock["special_clock"].limit
    assert loaded("special-90").clock["special_clock"].limit == NEW.clock["special_clock"].limit
