"""Uniform numbers and variates: the one definition, run as it stands by the reference engine and compiled by the other.

Nothing here may depend on how it is run: 64-bit numbers wrap where they are masked, and every operation on doubles is
written out in the order in which it is done. `duecourse.kernels.compiling.shared` compiles these very functions.

The hash chains the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
OOPSLA 2014, with the constants of Stafford's variant 13) over the parts of a key.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DETERMINISTIC, EXPONENTIAL, LOGNORMAL, UNIFORM, TRIANGULAR, EMPIRICAL, TABLE = range(7)
"""How the numbers of a law are used (`duecourse.scenarios.law.Kind`)."""

Z_MOST = 8.25
"""Tables reach from the normal quantile -Z_MOST to Z_MOST: beyond the 2^-53 nearest to 0 or 1."""

Z_PARTS = 64
"""Entries of a table per unit of the normal quantile."""

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_GOLDEN = 0x9E37_79B9_7F4A_7C15


def mix(x: int) -> int:
    """Return the SplitMix64 finaliser of a 64-bit number: a bijection in which every bit matters."""
    x = ((x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return x ^ (x >> 31)


def root(seed: int, replication: int, case: int) -> int:
    """Return what the numbers of one case have in common; `case` is any 64-bit number."""
    state = mix((seed + _GOLDEN) & _MASK)
    state = mix(((state ^ replication) + _GOLDEN) & _MASK)
    return mix(((state ^ case) + _GOLDEN) & _MASK)


def uniform_of(root: int, purpose: int, index: int) -> float:
    """Return the number of one case (`root`) for a purpose; an odd multiple of 2^-53 from the open interval (0, 1)."""
    x = ((root ^ purpose) + _GOLDEN) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    x = ((x ^ (x >> 31) ^ index) + _GOLDEN) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return (((x ^ (x >> 31)) >> 12) + 0.5) * 2.0**-52


def quantile(kind: int, values: Sequence[float], first: int, count: int, u: float) -> float:
    """Return the quantile at `u` of the law whose numbers are `count` of the values, from `first` on.

    By inverse transform alone: a larger `u` never gives a smaller variate.
    """
    if kind == LOGNORMAL:
        return math.exp(values[first] + values[first + 1] * normal_quantile(u))
    if kind == EXPONENTIAL:
        return -values[first] * math.log(1.0 - u)
    if kind == UNIFORM:
        return values[first] + (values[first + 1] - values[first]) * u
    if kind == TRIANGULAR:
        return triangular(values[first], values[first + 1], values[first + 2], u)
    if kind == EMPIRICAL:
        return values[first + int(u * count)]
    if kind == TABLE:
        return between(values, first, count, normal_quantile(u))
    return values[first]


def between(values: Sequence[float], first: int, count: int, z: float) -> float:
    """Return the entry of a quantile table at the normal quantile `z`, by linear interpolation.

    The error is at most 1/8 of the square of the step, (1/64)^2, times the curvature of the
    quantile over the normal quantile: for a lognormal law a share of 3e-5 sigma^2.
    """
    position = (z + Z_MOST) * Z_PARTS
    low = min(max(int(position), 0), count - 2)
    below = values[first + low]
    return below + (position - low) * (values[first + low + 1] - below)


def triangular(low: float, mode: float, high: float, u: float) -> float:
    """Return the quantile of a triangular law at `u`."""
    width = high - low
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


def normal_quantile(p: float) -> float:
    """Return the standard normal quantile for 0 < p < 1, with a relative error of about 1e-15.

    Algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988, 477-484).
    """
    q = p - 0.5
    if abs(q) <= 0.425:  # noqa: PLR2004  (the constants are those of the algorithm)
        r = 0.180625 - q * q
        return q * ratio(r, _A, _B)
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    z = ratio(r - 1.6, _C, _D) if r <= 5.0 else ratio(r - 5.0, _E, _F)  # noqa: PLR2004
    return -z if q < 0 else z


_Eight = tuple[float, float, float, float, float, float, float, float]


def ratio(r: float, above: _Eight, below: _Eight) -> float:
    """Return the ratio of two polynomials of degree seven, by Horner's rule."""
    a0, a1, a2, a3, a4, a5, a6, a7 = above
    b0, b1, b2, b3, b4, b5, b6, b7 = below
    return (((((((a7 * r + a6) * r + a5) * r + a4) * r + a3) * r + a2) * r + a1) * r + a0) / (
        ((((((b7 * r + b6) * r + b5) * r + b4) * r + b3) * r + b2) * r + b1) * r + b0
    )


# fmt: off
_A = (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
      4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3)
_B = (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
      2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3)
_C = (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
      1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4)
_D = (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9)
_E = (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7)
_F = (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15)
# fmt: on
