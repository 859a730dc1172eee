"""A fit of a panel against simulated panels with known parameters, scipy, and calculations by hand."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, betabinom, binom

from duecourse.cli.fit_data import fitted_panel
from duecourse.errors import InvalidInput
from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations.fit.data import PanelCase, PanelData
from duecourse.simulations.fit.model import Counts, Model, fit, likelihood_ratio
from duecourse.simulations.fit.panel import fit_panel
from duecourse.simulations.fit.persistence import persistence
from duecourse.simulations.fit.scores import calibration, score_difference

END = date(2009, 12, 31)
NOTIFICATIONS = Path(__file__).resolve().parents[3] / "data" / "eu-technical-rules"
INDEPENDENT, CORRELATED = Model("independent"), Model("correlated")


def simulated(
    count: int, mean: float, correlation: float, seed: int, slope: float = 0.0
) -> list[PanelCase]:
    """Cases spread over 120 months up to END; logit of the mean moves by slope a year, to `mean` at END."""
    chance = np.random.default_rng(seed)
    cases = []
    for number in range(count):
        month = number * 120 // count
        logit = math.log(mean / (1 - mean)) + slope * (month - 119) / 12
        p = 1 / (1 + math.exp(-logit))
        if correlation:
            size = (1 - correlation) / correlation
            p = float(beta.rvs(p * size, (1 - p) * size, random_state=chance))
        on = date(2000 + month // 12, month % 12 + 1, 1 + number % 28)
        cases.append(PanelCase(str(number), on, 13, int(chance.binomial(13, p))))
    return cases


def case(number: int, on: date, asked: int, objected: int) -> PanelCase:
    return PanelCase(str(number), on, asked, objected)


@pytest.mark.parametrize(
    ("correlation", "slope"), [(0.1, 0.0), (0.3, 0.0), (0.1, 0.15)], ids=["0.1", "0.3", "trend"]
)
def test_known_parameters_lie_in_their_intervals(correlation: float, slope: float) -> None:
    """At a level of 1 - 1e-4 for each of at most three: by chance it fails with probability 3e-4."""
    cases = simulated(3_000, 0.05, correlation, seed=1, slope=slope)

    found = fit(cases, Model("correlated", trend=bool(slope)), END, level=1 - 1e-4)

    for truth, (estimate, low, high) in [
        (0.05, found.mean),
        (correlation, found.correlation),
        *([(slope, found.slope)] if slope else []),
    ]:
        assert low <= truth <= high, (truth, low, high)
        assert low < estimate < high
        assert high - low < 1.2 * truth  # an error of 60 % would be caught


@pytest.mark.parametrize("correlation", [0.0, 1e-12, 0.04, 0.6])
def test_log_probabilities_are_those_of_scipy(correlation: float) -> None:
    cases = [case(k, END, 13, k) for k in range(14)]
    counts = Counts(cases, END)

    ours = counts.log_probability(np.full(14, 0.07), correlation)[counts.kind]

    if correlation < 1e-9:  # scipy loses all digits there: its parameters go to infinity
        theirs = binom.logpmf(np.arange(14), 13, 0.07)
    else:
        size = (1 - correlation) / correlation
        theirs = betabinom.logpmf(np.arange(14), 13, 0.07 * size, 0.93 * size)
    assert ours == pytest.approx(theirs, rel=1e-8)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    counts = Counts(simulated(200, 0.1, 0.2, seed=3), END)
    model, x, step = Model("correlated", trend=True), np.array([-2.0, 0.1, 0.15]), 1e-6

    _, gradient = counts.likelihood(model, x)

    for at in range(3):
        up, down = x.copy(), x.copy()
        up[at] += step
        down[at] -= step
        slope = (counts.likelihood(model, up)[0] - counts.likelihood(model, down)[0]) / (2 * step)
        assert gradient[at] == pytest.approx(slope, rel=1e-5)


def test_log_scores_by_hand() -> None:
    """Three of 4 members object in all: p = 3/4, so 3/4 for a case of one that objects (1 member),
    3 p^2 (1-p) = 27/64 for 2 of 3."""
    cases = [case(1, END, 1, 1), case(2, END, 3, 2)]

    found = fit(cases, INDEPENDENT, END)

    assert found.mean[0] == pytest.approx(3 / 4)
    assert found.scores(cases) == pytest.approx([math.log(3 / 4), math.log(27 / 64)])


def test_members_less_alike_than_chance_come_to_correlation_0_and_the_binomial_fit() -> None:
    """One of 4 objects in each case: never less alike; the most likely correlation is 0, p = 1/4."""
    cases = [case(n, END, 4, 1) for n in range(50)]

    one, two = fit(cases, INDEPENDENT, END), fit(cases, CORRELATED, END)

    assert two.correlation[:2] == (0.0, 0.0)
    assert two.mean == pytest.approx(one.mean, rel=1e-5)
    assert one.mean[0] == pytest.approx(1 / 4)
    assert two.scores(cases) == pytest.approx(one.scores(cases))
    assert likelihood_ratio(one, two)[1] == 1.0


def test_profile_interval_of_one_probability_by_hand() -> None:
    """30 of 100: the ends solve 2 (l(0.3) - l(p)) = 3.841459, the 95 % quantile of chi-square(1)."""
    cases = [case(n, END, 10, 3) for n in range(10)]

    _, low, high = fit(cases, INDEPENDENT, END).mean

    for p in (low, high):
        loss = 2 * (30 * math.log(0.3 / p) + 70 * math.log(0.7 / (1 - p)))
        assert loss == pytest.approx(3.841459, rel=1e-5)


@pytest.mark.long
@pytest.mark.slow
def test_a_right_model_fails_the_test_as_often_as_it_says() -> None:
    """Of 60 fits of a right model 5 % fail: more than 11 with probability 2e-5 (binomial), each kind."""
    inside = outside = 0
    for seed in range(60):
        cases, held = simulated(600, 0.08, 0.1, seed), simulated(600, 0.08, 0.1, 1_000 + seed)
        found = fit(cases, CORRELATED, END)
        inside += not calibration(found, cases, fitted=True).passes
        outside += not calibration(found, held, fitted=False).passes

    assert inside <= 11
    assert outside <= 11


def test_independent_members_fail_where_members_are_alike() -> None:
    """Variance inflated by 1 + 12 x 0.3 = 4.6: the shares of cases without objections differ by far."""
    found = fit_panel("x", PanelData(simulated(1_000, 0.1, 0.3, seed=5)))
    (level,) = found.levels

    assert not level.independent.inside.passes
    assert level.correlated.inside.passes
    assert level.ratio[1] < 1e-10
    assert level.difference.low > 0


def test_paired_interval_by_hand() -> None:
    """Differences 1, 3 in one month and 2 in another: mean 2; sums of rests 0 and 0: no width."""
    cases = [case(1, date(2001, 1, 1), 2, 1), case(2, date(2001, 1, 9), 2, 1)]
    cases.append(case(3, date(2001, 2, 1), 2, 1))

    found = score_difference(np.array([1.0, 3.0, 2.0]), np.zeros(3), cases)

    assert (found.mean, found.low, found.high, found.replications) == (2, 2, 2, 2)


def test_paired_interval_with_months_that_depend_by_hand() -> None:
    """Rests -1, -1, 1, 1, one a month; 4 months, 2 lags, weights 2/3 and 1/3: 4 + 2(2/3 - 2/3) = 4,
    so the error is sqrt(4 x 4/3)/4; Student's 97.5 % quantile with 3 degrees is 3.182446 (tables)."""
    cases = [case(m, date(2001, m, 1), 2, 1) for m in range(1, 5)]

    found = score_difference(np.array([0.0, 0.0, 2.0, 2.0]), np.zeros(4), cases)

    assert found.half_width == pytest.approx(3.182446 * math.sqrt(16 / 3) / 4, rel=1e-6)


def test_persistence_by_hand() -> None:
    """One case of 4: a again, b once only, c anew, d never: the odds ratio is (1 x 1)/(1 x 1) = 1."""
    who = frozenset("abcd")
    first = PanelCase("x", END, 4, 2, who, frozenset("ab"))
    later = PanelCase("x", END, 4, 2, who, frozenset("ac"), 2)

    found = persistence([first], [later])

    assert found is not None
    assert (found.again, found.objected, found.anew, found.silent) == (1, 2, 1, 2)
    assert found.odds_ratio == pytest.approx(1)
    assert persistence([first], []) is None


def command(path: Path, text: str, *levels: str, columns: str | None = None, **options: str) -> str:
    path.write_text(text, encoding="utf-8")
    return fitted_panel(
        path, columns, options.get("objection"), None, None, (), options.get("train"),
        options.get("test"), levels or ("constant",), "utf-8", "json",
    )  # fmt: skip


GOOD = "case,date,asked,objected\nA,2001-01-05,3,1\nB,2001-02-05,3,0\nC,2001-03-05,3,2\n"


def test_rows_that_cannot_be_used_are_listed(tmp_path: Path) -> None:
    text = GOOD + "D,5.1.2001,3,1\nE,2001-01-05,3,4\nA,2001-01-05,3,1\nF,2001-01-05,x,1\nG,2001\n"

    found = json.loads(command(tmp_path / "t.csv", text))

    assert [each["row"] for each in found["refused"]] == [5, 6, 7, 8, 9]
    assert (found["rows"], found["cases"]) == (8, 3)


def test_a_row_for_each_member(tmp_path: Path) -> None:
    rows = [f"{c},2001-01-0{n},{m},{'no' if m in o else 'yes'}"
            for n, (c, o) in enumerate([("A", "x"), ("B", ""), ("C", "xy")], 1) for m in "xyz"]  # fmt: skip
    by_member = "case,date,member,reply\n" + "\n".join(rows)

    one = json.loads(command(tmp_path / "t.csv", by_member, objection="no"))
    other = json.loads(command(tmp_path / "t.csv", GOOD))

    assert one["levels"][0]["models"][1]["mean"] == other["levels"][0]["models"][1]["mean"]
    assert one["members"]["x"] == {"asked": 3, "objected": 2}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (GOOD, {"columns": "case"}, "names no column"),
        (GOOD, {"columns": "caze=case"}, 'did you mean "case"'),
        (GOOD, {"columns": "asked=n"}, 'the table has no column "n"'),
        ("case,date\nA,2001-01-05\n", {}, "which column is objected"),
        (GOOD, {"train": "2001"}, "is no span"),
        (GOOD, {"test": "2001-01-01:2001-12-31"}, "--test needs --train"),
        (GOOD, {"train": "2001-01-01:2001-12-31", "test": "2001-03-01:2002-01-01"}, "overlap"),
        (GOOD, {"train": "1999-01-01:1999-12-31"}, "no case that can be used"),
        (GOOD.replace("3,1", "3,0").replace("3,2", "3,0"), {}, "nobody objected"),
    ],
)
def test_bad_input_is_one_clear_message(
    tmp_path: Path, text: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        command(tmp_path / "t.csv", text, **options)


def test_a_level_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="known: constant, trend"):
        command(tmp_path / "t.csv", GOOD, "steady")


def test_the_lines_for_a_scenario_load_in_one(tmp_path: Path) -> None:
    found = fit_panel("t.csv", PanelData(simulated(500, 0.1, 0.2, seed=9)))
    level = found.levels[0]
    text = (shipped() / "scenarios" / "baseline-2022.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition('[[reply]]\npanel = "opinions"\nactor = "members"\n')
    lines = rest.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("objection ="))
    noted = next(n for n, line in enumerate(lines) if line.startswith("assumption ="))
    lines[at], lines[noted] = found.reply_lines(level).splitlines()
    file = tmp_path / "mine.toml"
    body = "\n".join(lines)
    file.write_text(f'{head}[[reply]]\npanel = "opinions"\nactor = "members"\n{body}\n', "utf-8")

    opinion = load_scenario(str(file)).opinions["opinions", "members"]

    fitted = level.correlated.found
    assert opinion.correlation == pytest.approx(fitted.correlation[0], rel=1e-3)
    assert next(iter(opinion.mean.values())) == pytest.approx(fitted.mean[0], rel=1e-3)


@pytest.mark.slow
@pytest.mark.skipif(not NOTIFICATIONS.is_dir(), reason="the notifications are not in the wheel")
def test_technical_rules_as_recorded() -> None:
    """The figures of docs/background/consultation.md: neither model says what 2010-2014 brought."""
    text = fitted_panel(
        NOTIFICATIONS / "notifications.csv",
        "case=case_id,date=start,by=objections_by,excluded=notified_by",
        None, NOTIFICATIONS / "electorate.toml", None, ["notified_by=CH,IS,LI,NO,TR"],
        "2000-01-01:2009-12-31", "2010-01-01:2014-12-31", ["constant"], "utf-8", "json",
    )  # fmt: skip
    found = json.loads(text)
    (level,) = found["levels"]
    one, two = (model["held_out"]["calibration"] for model in level["models"])

    assert found["refused"] == []
    assert one["any_observed"] == pytest.approx(0.1224, abs=5e-5)
    assert (one["any_expected"], two["any_expected"]) == pytest.approx((0.2311, 0.1712), abs=5e-5)
    assert not one["passes"]
    assert not two["passes"]
    assert level["score_difference"]["low"] > 0
