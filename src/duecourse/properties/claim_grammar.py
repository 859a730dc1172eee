"""The grammar of claims: their text to a tree, and what is said of a text that is none."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from duecourse.properties.ltlf import LTLF_RULES, offset_of

MAX_LENGTH = 4_000
MAX_PARENTHESES = 40
MAX_DEPTH = 100
MAX_SIZE = 500

EVENTS = tuple("by in starts stops extends lapses running opens closes begins ends".split())  # noqa: SIM905
KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "true",
        "false",
        "last",
        "never",
        "always",
        "eventually",
        "at",
        "most",
        "least",
        "exactly",
        "once",
        "twice",
        "times",
        "time",
        "only",
        "after",
        "before",
        "between",
        "until",
        "then",
        "leads",
        "to",
        "directly",
        "follows",
        "unless",
        "comes",
        "renewed",
        "globally",
        "also",
        "ltlf",
    ]
) | set(EVENTS)
"""The words that cannot be names in a claim."""

_GRAMMAR = (
    LTLF_RULES
    + r"""
claim: sentence (ALSO sentence)*
?sentence: body
    | body scope -> suffixed
    | scope ("," | ":") body -> prefixed
scope: GLOBALLY | BEFORE prop | AFTER prop (UNTIL prop)? | BETWEEN factor _AND factor
?body: NEVER prop -> simple
    | ALWAYS prop -> simple
    | EVENTUALLY prop -> simple
    | prop bound count -> bounded
    | prop "only" "after" prop -> precedence
    | prop "only" "after" prop "then" prop -> two_causes
    | prop "then" prop "only" "after" prop -> two_effects
    | prop "only" "directly" "after" prop -> directly_after
    | prop "leads" "to" prop -> response
    | prop "leads" "to" prop "then" prop -> two_responses
    | prop "then" prop "leads" "to" prop -> two_stimuli
    | prop "leads" "directly" "to" prop -> directly_to
    | prop "never" "follows" prop ("unless" prop "comes" "between" ("," _RENEWED prop)?)? -> after
    | prop "never" "directly" "follows" prop -> not_directly
    | (NAME | EXACTLY) "(" argument ("," argument)* ")" -> call
    | "ltlf" ":" ltlf -> temporal_body
bound: "at" (MOST | LEAST) | EXACTLY
count: ONCE | TWICE | NUMBER ("times" | "time")
?argument: prop | NUMBER
?prop: or_
?or_: and_ (_OR and_)*
?and_: factor (_AND factor)*
?factor: _NOT factor -> not_ | TRUTH -> truth | "(" prop ")" | single
ltlf_atom: single
?single: NAME -> name
    | NAME OPERATOR (NAME | NUMBER | TRUTH) -> comparison
    | EVENT (NAME | "(" NAME ("," NAME)* ")") -> event
GLOBALLY: "globally"
BEFORE: "before"
AFTER: "after"
UNTIL: "until"
BETWEEN: "between"
NEVER: "never"
ALWAYS: "always"
EVENTUALLY: "eventually"
MOST: "most"
LEAST: "least"
EXACTLY: "exactly"
ONCE: "once"
TWICE: "twice"
ALSO.2: /and\s+also\b/
_RENEWED: /renewed\s+by\b/
OPERATOR: "==" | "!=" | "<=" | ">=" | "<" | ">"
NUMBER: /-?[0-9]{1,9}\b/
"""
    + rf"EVENT: /({'|'.join(EVENTS)})\b/"
    + "\n"
    + rf"NAME: /(?!(?:{'|'.join(sorted(KEYWORDS))})\b)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?/"
    + "\n"
)


class ClaimError(ValueError):
    """A text that is no claim.

    Args:
        message: what was found, what was expected, and the way out.
        offset: where in the text, counting from 0.
    """

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR, start=["claim", "prop"], parser="lalr", lexer="basic", maybe_placeholders=False
    )


@lru_cache(maxsize=64)
def claim_tree(text: str, start: str) -> Tree[Token]:
    """Return the tree of a text.

    Raises:
        ClaimError: with the offset and the way out.
    """
    if len(text) > MAX_LENGTH:
        message = f"{len(text)} characters are too many for one claim (at most {MAX_LENGTH}); make two claims of it, or use a definition"
        raise ClaimError(message, MAX_LENGTH)
    depth = 0
    for offset, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > MAX_PARENTHESES:
            raise ClaimError(
                f"parentheses nested deeper than {MAX_PARENTHESES}; write it flat", offset
            )
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        offset = offset_of(error, text)
        raise ClaimError(_message(text, offset, error), offset) from None


_WORDS = {
    "_AND": "and",
    "_OR": "or",
    "_NOT": "not",
    "_RENEWED": "renewed by",
    "ALSO": "and also",
    "NUMBER": "a number",
    "$END": "the end",
    "COMMA": "','",
    "COLON": "':'",
    "LPAR": "'('",
    "RPAR": "')'",
    "BINARY": "U, W or R",
    "UNARY": "X, WX, F or G",
    "OPERATOR": "==, !=, <, <=, > or >=",
    "LEADS": "leads to",
    "ONLY": "only after",
    "_SAME": "<->",
    "_IMPLIES": "->",
    "_BAR": "|",
    "_AMPERSAND": "&",
    "_BANG": "!",
    "TRUTH": "true or false",
    "AT": "at most",
    "LTLF": "ltlf:",
}
_PROPOSITION = {"NAME", "EVENT", "TRUTH", "_NOT", "LPAR"}


def _message(text: str, offset: int, error: UnexpectedInput) -> str:
    rest = text[offset:]
    plain = unicodedata.normalize("NFKC", rest[:1])
    if rest and plain != rest[0]:
        return f"full-width or look-alike character {rest[0]!r}; write {plain[:4]!r}"
    word = re.match(r"\w+|.", rest.lstrip(), re.DOTALL)
    found = (
        f"found {word[0][:40]!r}"
        if word
        else "the claim ends too early"
        if text.strip()
        else "the claim is empty"
    )
    before = re.search(r"(\w+)\W*$", text[:offset][-200:])
    close = [
        f'; did you mean "{near[0]}" for "{each}"?'
        for each in (before[1] if before else "", word[0] if word else "")
        if each not in KEYWORDS and (near := get_close_matches(each[:40], KEYWORDS, 1, 0.75))
    ]
    expected = set(error.accepts) if isinstance(error, UnexpectedToken) else set()
    if "_AND" in expected:  # after a name that could also be a template's
        expected.discard("LPAR")
    if not expected:
        return f"{found}, which no claim contains; names are written a-z, 0-9 and _{''.join(close[:1])}"
    words = {
        _WORDS.get(each, each.lower())
        for each in expected - (_PROPOSITION if "EVENT" in expected else set())
    }
    wanted = ["a proposition", *sorted(words)] if "EVENT" in expected else sorted(words)
    return f"{found}, expected {', '.join(wanted[:-1])}{' or ' * (len(wanted) > 1)}{wanted[-1]}{''.join(close[:1])}"
