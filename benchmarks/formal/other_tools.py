"""CSR(N, K) by hand for SPIN and for Storm: the same steps, the same variables, the same moments of forgetting."""

from __future__ import annotations

STAGES = [
    "INTAKE",
    "SCREENING",
    "SCREENING_WAITS",
    "PROPOSED",
    "OPENING",
    "PRELIMINARY",
    "PRELIMINARY_WAITS",
    "CONSULTED",
    "SPECIAL",
    "SPECIAL_WAITS",
    "CONSULTED_AGAIN",
    "REPORTED",
    "SITTING",
    "CONCLUDED",
    "AGREED",
    "NOTIFIED",
    "CLOSED",
    "WITHDRAWN",
    "NOT_REQUIRED",
]
WITHDRAWABLE = [
    "SCREENING",
    "SCREENING_WAITS",
    "PRELIMINARY",
    "PRELIMINARY_WAITS",
    "CONSULTED",
    "SPECIAL",
    "SPECIAL_WAITS",
    "CONSULTED_AGAIN",
    "REPORTED",
    "CONCLUDED",
    "AGREED",
]

# from, guard, to, effects; m is the vector of replies, busy is shared
STEPS = (
    ("INTAKE", "", "SCREENING", ""),
    ("SCREENING", "", "SCREENING_WAITS", ""),
    ("SCREENING_WAITS", "", "SCREENING", ""),
    ("SCREENING", "", "NOT_REQUIRED", ""),
    ("SCREENING", "", "PRELIMINARY", ""),
    ("INTAKE", "", "PROPOSED", "x=1"),
    ("PROPOSED", "!busy", "OPENING", "busy=1"),
    ("OPENING", "", "PRELIMINARY", "busy=0"),
    ("PRELIMINARY", "", "PRELIMINARY_WAITS", ""),
    ("PRELIMINARY_WAITS", "", "PRELIMINARY", ""),
    ("PRELIMINARY", "", "CONSULTED", ""),
    ("CONSULTED", "all !objection", "AGREED", "clear"),
    ("CONSULTED", "all objection", "SPECIAL", "clear"),
    ("SPECIAL", "", "SPECIAL_WAITS", ""),
    ("SPECIAL_WAITS", "", "SPECIAL", ""),
    ("SPECIAL", "", "CONSULTED_AGAIN", ""),
    ("CONSULTED_AGAIN", "all", "REPORTED", "clear"),
    ("REPORTED", "!busy", "SITTING", "busy=1"),
    ("SITTING", "", "CONCLUDED", "busy=0 approved=1"),
    ("SITTING", "", "SPECIAL", "busy=0"),
    ("AGREED", "", "NOTIFIED", "x=0"),
    ("CONCLUDED", "", "NOTIFIED", "x=0"),
    ("NOTIFIED", "", "CLOSED", "objection=0 approved=0"),
)
BYPASS = ("CONSULTED_AGAIN", "all", "AGREED", "clear")


def promela(members: int, cases: int, *, bypass: bool = False) -> str:
    """Return the model for SPIN; one d_step is one step, and the claims are asserted after each."""
    names = "\n".join(f"#define {name} {number}" for number, name in enumerate(STAGES))
    everyone = " && ".join(f"m[{n}]" for n in range(members))
    clear = " ".join(f"m[{n}]=0;" for n in range(members))
    lines: list[str] = []
    for source, guard, target, effects in (*STEPS, *([BYPASS] if bypass else [])):
        asked = [everyone if each == "all" else each for each in guard.split()]
        condition = " && ".join([f"stage=={source}", *asked])
        acts = "".join(clear if each == "clear" else f"{each};" for each in effects.split())
        lines.append(f":: d_step {{ {condition} -> stage={target}; {acts} claims }}")
    for n in range(members):
        here = "(stage==CONSULTED || stage==CONSULTED_AGAIN)"
        lines.append(f":: d_step {{ {here} && !m[{n}] -> m[{n}]=1; claims }}")
        lines.append(f":: d_step {{ {here} && !m[{n}] -> m[{n}]=2; objection=1; claims }}")
    where = " || ".join(f"stage=={name}" for name in WITHDRAWABLE)
    lines.append(
        f":: d_step {{ !x && ({where}) -> stage=WITHDRAWN; objection=0; approved=0; {clear} claims }}"
    )
    lines.append(":: (stage>=CLOSED)  /* over: no dead end */")
    body = "\n\t".join(lines)
    return f"""{names}
bit busy;
#define claims assert(!(stage==NOTIFIED && objection && !approved)); assert(!(stage==SITTING || stage==OPENING) || busy);
active [{cases}] proctype review() {{
\tbyte stage; bit x, objection, approved; byte m[{members}];
\tdo
\t{body}
\tod
}}
"""


def prism(members: int, *, bypass: bool = False) -> str:
    """Return the model of one case for Storm, in the PRISM language, as a Markov decision process."""
    constants = "\n".join(f"const int {name} = {number};" for number, name in enumerate(STAGES))
    everyone = " & ".join(f"m{n}>0" for n in range(members))
    clear = " & ".join(f"(m{n}'=0)" for n in range(members))
    lines: list[str] = []
    for source, guard, target, effects in (*STEPS, *([BYPASS] if bypass else [])):
        asked = [
            everyone if each == "all" else f"{each.lstrip('!')}={int(each[0] != '!')}"
            for each in guard.split()
        ]
        acts = [f"(stage'={target})"]
        acts += [
            clear if each == "clear" else "({}'={})".format(*each.split("="))
            for each in effects.split()
        ]
        lines.append(f"[] {' & '.join([f'stage={source}', *asked])} -> {' & '.join(acts)};")
    for n in range(members):
        here = f"(stage=CONSULTED | stage=CONSULTED_AGAIN) & m{n}=0"
        lines.append(f"[] {here} -> (m{n}'=1);")
        lines.append(f"[] {here} -> (m{n}'=2) & (objection'=1);")
    where = " | ".join(f"stage={name}" for name in WITHDRAWABLE)
    lines.append(
        f"[] x=0 & ({where}) -> (stage'=WITHDRAWN) & (objection'=0) & (approved'=0) & {clear};"
    )
    lines.append("[] stage>=CLOSED -> true;")
    variables = "\n".join(f"  m{n} : [0..2] init 0;" for n in range(members))
    body = "\n  ".join(lines)
    return f"""mdp
{constants}
module review
  stage : [0..{len(STAGES) - 1}] init INTAKE;
  busy : [0..1] init 0;
  x : [0..1] init 0;
  objection : [0..1] init 0;
  approved : [0..1] init 0;
{variables}
  {body}
endmodule
label "bad" = stage=NOTIFIED & objection=1 & approved=0;
label "end" = stage>=CLOSED;
"""
