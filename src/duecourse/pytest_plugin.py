"""Properties as tests of pytest: `pytest properties/permit.toml`, or every property file with `--duecourse`.

Where nobody asks for it, it does nothing: no file is collected and nothing of duecourse is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Literal

    from _pytest._code.code import TerminalRepr

    from duecourse.model.procedure import Procedure
    from duecourse.properties.check import Report, Result
    from duecourse.properties.property import Property

    Style = Literal["long", "short", "line", "no", "native", "value", "auto"]

FOLDER = "properties"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the setting."""
    group = parser.getgroup("duecourse", "what must hold of procedures")
    collect = "collect the files in folders named properties"
    group.addoption("--duecourse", action="store_true", help=collect)
    parser.addini("duecourse_properties", f"{collect}, as --duecourse does", type="bool")
    group.addoption(
        "--duecourse-procedure",
        action="append",
        default=[],
        metavar="ID",
        help="check this procedure, amendment or file instead of the project's; repeatable",
    )
    group.addoption(
        "--duecourse-reading",
        action="append",
        default=[],
        metavar="NAME=OPTION",
        help="how to read a silent point; repeatable",
    )
    group.addoption(
        "--duecourse-as-expected",
        action="store_true",
        help="fail where a verdict is not the one that its file expects, not where a property is violated",
    )
    group.addoption(
        "--duecourse-limit",
        type=int,
        metavar="N",
        help="give up after so many configurations, which is an error",
    )
    group.addoption(
        "--duecourse-lang", choices=("en", "zh", "both"), default="en", help="of the stories"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and refuse a reading that is none.

    Raises:
        pytest.UsageError: a reading has no option.
    """
    config.addinivalue_line(
        "markers", "duecourse: a property of a procedure, checked against every behaviour"
    )
    if config.getoption("--duecourse-reading"):
        _readings(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PropertyFile | None:
    """Collect a property file that is named in the arguments, or any where that is asked for."""
    if file_path.suffix != ".toml" or file_path.parent.name != FOLDER:
        return None
    config = parent.config
    wanted = config.getoption("--duecourse") or config.getini("duecourse_properties")
    if not wanted and not parent.session.isinitpath(file_path):
        return None
    found: PropertyFile = PropertyFile.from_parent(parent, path=file_path)
    return found


class PropertyFile(pytest.File):
    """A file in `properties/`: each of its properties is a test, of each procedure where there are several."""

    def collect(self) -> Iterator[PropertyItem]:
        """Yield the tests, in the order of the file and of the procedures.

        Raises:
            CollectError: with every mistake in the project's files.
        """
        from duecourse.errors import InvalidInput

        project = Project.of(self.config, self.path.parent.parent)
        try:
            procedures = project.procedures()
            properties = project.properties(self.path)
        except InvalidInput as error:
            raise self.CollectError(str(error)) from None
        for each in properties:
            for procedure in procedures:
                name = f"{each.id}[{procedure.id}]" if len(procedures) > 1 else each.id
                item: PropertyItem = PropertyItem.from_parent(
                    self, name=name, project=project, procedure=procedure, claim=each
                )
                yield item


class PropertyItem(pytest.Item):
    """A property of a procedure as a test: a violation fails, an unfinished search is an error."""

    def __init__(
        self,
        *,
        name: str,
        parent: PropertyFile,
        project: Project,
        procedure: Procedure,
        claim: Property,
    ) -> None:
        super().__init__(name, parent)
        self.project, self.procedure, self.claim = project, procedure, claim
        self.result: Result | None = None
        self.add_marker("duecourse")
        self.extra_keyword_matches.update({claim.id, procedure.id, claim.kind.value})
        self.user_properties.append(("procedure", procedure.id))
        self.user_properties.append(("sentence", claim.sentence.text(project.lang)))
        self.user_properties.extend(
            ("cite", f"Art. {each}" if each[0].isdigit() else each)
            for each in claim.articles(procedure)
        )

    def setup(self) -> None:
        """Check the procedure, once for all of its properties that are run.

        Raises:
            UnfinishedError: the search was not finished.
        """
        from duecourse.properties.verdict import Verdict

        claims = [
            each.claim
            for each in self.session.items
            if isinstance(each, PropertyItem)
            and each.project is self.project
            and each.procedure is self.procedure
        ]
        report = self.project.report(self.procedure, claims)
        self.result = next(each for each in report.results if each.property is self.claim)
        self.user_properties.append(("verdict", str(self.result.verdict)))
        if self.result.verdict is Verdict.INCONCLUSIVE:
            raise UnfinishedError(self.story())

    def runtest(self) -> None:
        """Fail where the verdict is not the right one.

        Raises:
            ViolatedError: with the story.
        """
        from duecourse.report.check_outcome import Outcome, outcome

        assert self.result is not None
        found = outcome(self.result, as_expected=self.project.as_expected)
        if found is Outcome.FAILED:
            raise ViolatedError(self.story())

    def story(self) -> str:
        """Return what was found, with the case that shows it."""
        from duecourse.report.check_outcome import headline
        from duecourse.report.check_text import result_text

        assert self.result is not None
        report = self.project.report(self.procedure, ())
        lang = self.project.lang
        title = headline(report, self.result, lang)
        return f"{title}\n{result_text(report, self.result, lang)}"

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Style | None = None
    ) -> str | TerminalRepr:
        """Return the story instead of a traceback; for anything unforeseen, the traceback."""
        from duecourse.errors import InvalidInput

        if isinstance(excinfo.value, ViolatedError | UnfinishedError | InvalidInput):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the property stands."""
        return self.path, self.claim.place.line - 1, self.name


class ViolatedError(AssertionError):
    """A property is violated, or its verdict is not the expected one."""


class UnfinishedError(Exception):
    """A search was not finished."""


class Project:
    """The procedures and properties of one project, each read once, each procedure checked once.

    Args:
        config: has the options.
        root: the folder with `properties/`.
    """

    def __init__(self, config: pytest.Config, root: Path) -> None:
        self.root = root
        self.names: list[str] = config.getoption("--duecourse-procedure")
        self.readings = _readings(config)
        self.limit: int | None = config.getoption("--duecourse-limit")
        self.as_expected: bool = config.getoption("--duecourse-as-expected")
        self.lang = config.getoption("--duecourse-lang")
        self._procedures: tuple[Procedure, ...] | None = None
        self._properties: tuple[Property, ...] | None = None
        self._reports: dict[str, Report] = {}

    @classmethod
    def of(cls, config: pytest.Config, root: Path) -> Project:
        """Return the project in a folder, the same one each time."""
        known = config.stash.setdefault(_PROJECTS, {})
        return known.setdefault(root, cls(config, root))

    def procedures(self) -> tuple[Procedure, ...]:
        """Return what is checked.

        Raises:
            InvalidInput: a procedure cannot be used, or has no such reading.
        """
        from duecourse.model.library import load, own_texts
        from duecourse.model.variants import choose_readings

        if self._procedures is None:
            names = self.names or own_texts(self.root)
            found = tuple(load(name, root=self.root) for name in names)
            for each in found:
                choose_readings(each, self.readings)
            self._procedures = found
        return self._procedures

    def properties(self, path: Path) -> tuple[Property, ...]:
        """Return the properties that stand in a file.

        Raises:
            InvalidInput: with every mistake in every property file of the project.
        """
        from duecourse.model.names import names_in_reach
        from duecourse.properties.property_file import load_properties

        if self._properties is None:
            self._properties = load_properties(self.root, known=names_in_reach(self.root))
        return tuple(each for each in self._properties if each.place.file == str(path))

    def report(self, procedure: Procedure, claims: Iterable[Property]) -> Report:
        """Return what checking a procedure found; it is checked when it is asked for first."""
        from duecourse.properties.check import check
        from duecourse.properties.explore import MAX_CONFIGURATIONS

        if procedure.id not in self._reports:
            limit = self.limit or MAX_CONFIGURATIONS
            self._reports[procedure.id] = check(procedure, claims, self.readings, limit=limit)
        return self._reports[procedure.id]


_PROJECTS: pytest.StashKey[dict[Path, Project]] = pytest.StashKey()


def _readings(config: pytest.Config) -> Mapping[str, str]:
    """Return the readings that the options choose.

    Raises:
        pytest.UsageError: one has no option.
    """
    found: dict[str, str] = {}
    for each in config.getoption("--duecourse-reading"):
        name, equals, option = each.partition("=")
        if not equals:
            message = f'--duecourse-reading "{each}" is no reading; write it as NAME=OPTION'
            raise pytest.UsageError(message)
        found[name.strip()] = option.strip()
    return found
