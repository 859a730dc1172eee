"""The properties that come with duecourse: sentences, articles, reasons, and what they may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import duecourse as dc
from duecourse.model.library import own_texts
from duecourse.properties.property import Kind

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure
    from duecourse.properties.property import Property

PROPERTIES = dc.load_properties()
TEXTS = {name: dc.load(name) for name in ("trial-2017", "measures-2020", "measures-2022")}

# claims about every text, whatever its articles: nobody is stuck, every case can end
ABOUT_ALL = {"no_dead_end", "can_always_end", "can_always_conclude"}


def test_there_are_as_many_as_an_expert_reader_would_want_and_of_many_kinds() -> None:
    assert len(PROPERTIES) >= 30
    # nothing in the Measures makes anybody act in the end, so no claim of the kind `eventually` is shipped
    assert {each.kind for each in PROPERTIES} == {*Kind} - {Kind.EVENTUALLY}
    assert {*own_texts()} == {*TEXTS}


@pytest.mark.parametrize("each", PROPERTIES, ids=lambda each: each.id)
def test_a_property_has_its_sentences_and_cites_articles_that_the_texts_have(
    each: Property,
) -> None:
    assert each.sentence.en
    assert each.sentence.zh
    assert each.cites or each.id in ABOUT_ALL
    for name, articles in each.cites.items():
        assert articles
        assert {*articles} <= {article.id for article in TEXTS[name].articles}


@pytest.mark.parametrize("each", PROPERTIES, ids=lambda each: each.id)
def test_what_a_text_is_expected_to_fail_has_a_reason(each: Property) -> None:
    if any(each.expect.get(name) == "violated" and name in each.cites for name in TEXTS):
        assert each.reason is not None
        assert each.reason.en
        assert each.reason.zh


def test_no_claim_restates_a_step_of_the_table() -> None:
    """A claim that names nothing but one step and the stages it leads from and to would only copy the model."""

    def copied(each: Property, procedure: Procedure) -> bool:
        steps = each.names & set(procedure.step)
        stages = {name.removeprefix("in ") for name in each.names if name.startswith("in ")}
        others = each.names - steps - {f"in {name}" for name in stages}
        if len(steps) != 1 or others or not stages:
            return False
        (step,) = steps
        return stages == {*procedure.step[step].sources}

    found = [each.id for each in PROPERTIES for text in TEXTS.values() if copied(each, text)]
    assert found == []
