"""Random numbers that belong to what they decide, and to nothing else.

A uniform number is a hash of (seed, replication, case, purpose, index): there is no stream that
anybody could read out of turn. Compared scenarios share their numbers, whatever the order of
events, the staff or the number of members. The functions themselves are those of `duecourse.kernels.chance`,
which a compiled engine runs too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.kernels.chance import between, mix, normal_quantile, quantile, root, uniform_of

if TYPE_CHECKING:
    from duecourse.scenarios.law import Law

__all__ = [
    "interpolated",
    "mix",
    "normal_quantile",
    "purpose",
    "root",
    "uniform",
    "uniform_of",
    "variate",
]

_MASK = 0xFFFF_FFFF_FFFF_FFFF


def purpose(name: str) -> int:
    """Return the number of a purpose: the 64-bit FNV-1a hash of its name.

    A purpose is named after what is decided ("screening.examine.effort"), never after a scenario.
    The hash is that of Fowler, Noll, Vo (RFC 9923); it is the same on every machine and in every
    run, unlike Python's own.
    """
    value = 0xCBF2_9CE4_8422_2325
    for byte in name.encode():
        value = ((value ^ byte) * 0x0000_0100_0000_01B3) & _MASK
    return value


def uniform(seed: int, replication: int, case: int, purpose: int, index: int) -> float:
    """Return a number from the open interval (0, 1), an odd multiple of 2^-53.

    Args:
        seed: of the experiment; from 0 to 2^64 - 1, like all that follow.
        replication: the number of the replication.
        case: the number of the case within its class, added to the purpose of the class.
        purpose: what is decided (`purpose`).
        index: which time the case decides it; for a member of a panel, the purpose of its name
            plus the round.
    """
    return uniform_of(root(seed, replication, case), purpose, index)


def variate(law: Law, u: float) -> float:
    """Return the quantile of a law at `u`, in the unit of its parameters."""
    values = law.values
    return quantile(law.kind, values, 0, len(values), u)


def interpolated(table: tuple[float, ...], z: float) -> float:
    """Return the entry of a quantile table at the normal quantile `z`."""
    return between(table, 0, len(table), z)
