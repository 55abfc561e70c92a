"""Writes test/reference-data/distributions.json: values of the laws of fit statistics, correctly rounded.

Every number is computed with mpmath in 60 digits from the exact double arguments and then rounded once. The
incomplete functions are summed here from their series with positive terms (DLMF 8.11.4 and 8.17.8), quantiles
are found by Newton's method on them; SciPy gives the starts and must agree with the results.

    python3 scripts/reference/distributions.py      (Python 3.11.7, mpmath 1.3.0, SciPy 1.17.1)
"""

import json
import platform
from pathlib import Path

import mpmath
import numpy
import scipy
from mpmath import mp, mpf
from scipy import special, stats

mp.dps = 60
rng = numpy.random.default_rng(20250101)
HALF = mpf(1) / 2


@mpmath.workdps(120)
def beta_pair(a, b, x, y):
    """I_x(a, b) and its complement, each with its own digits where it is the smaller one."""
    if x > HALF:
        upper, lower = beta_pair(b, a, y, x)
        return lower, upper
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -118:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    # The factor overflows no exponent in mpmath, and 120 digits leave the complement its 60.
    lower = x**a * y**b / a * total * mp.exp(mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))
    return lower, 1 - lower


@mpmath.workdps(120)
def gamma_pair(a, x):
    """P(a, x) and Q(a, x)."""
    term = total = mpf(1)
    n = 1
    while term > total * mpf(10) ** -118:
        term *= x / (a + n)
        total += term
        n += 1
    lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total
    return lower, 1 - lower


def t_tails(t, dof):
    """P(|T| <= t), P(|T| > t)."""
    t, dof = mpf(t), mpf(dof)
    with mp.workdps(120):
        return beta_pair(HALF, dof / 2, t * t / (dof + t * t), dof / (dof + t * t))


def f_tails(x, d1, d2):
    x, d1, d2 = mpf(x), mpf(d1), mpf(d2)
    with mp.workdps(120):
        return beta_pair(d1 / 2, d2 / 2, d1 * x / (d1 * x + d2), d2 / (d1 * x + d2))


def chi_tails(x, dof):
    with mp.workdps(120):
        return gamma_pair(mpf(dof) / 2, mpf(x) / 2)


def newton(tails, log_density, lower, upper, start):
    """x with tails(x) = (lower, upper), by Newton's method on the log of the smaller tail in ln x."""
    s = mp.log(mpf(start))
    for _ in range(400):
        x = mp.exp(s)
        got = tails(x)
        with mp.workdps(120):
            g = x * mp.exp(log_density(x))
            if lower < upper:
                step = -mp.log(got[0] / lower) * got[0] / g
            else:
                step = mp.log(got[1] / upper) * got[1] / g
            step = max(min(step, mpf(3)), mpf(-3))
            s += step
        if abs(step) < mpf(10) ** -30:
            return mp.exp(s)
    raise ArithmeticError("no convergence")


def t_log_density(dof):
    dof = mpf(dof)
    c = mp.loggamma((dof + 1) / 2) - mp.loggamma(dof / 2) - mp.log(dof * mp.pi) / 2 + mp.log(2)
    return lambda t: c - (dof + 1) / 2 * mp.log1p(t * t / dof)


def t_quantile(p, dof):
    p = mpf(p)
    if p == HALF:
        return mpf(0)
    with mp.workdps(120):
        lower, upper = abs(2 * p - 1), 2 * min(p, 1 - p)
    start = abs(stats.t.ppf(min(float(p), float(1 - p)), dof))
    if not 1e-200 < start < 1e300:
        with mp.workdps(120):
            start = (mp.exp(t_log_density(dof)(mpf(0))) * mpf(dof) ** ((mpf(dof) + 1) / 2) / dof / upper) ** (1 / mpf(dof))
    x = newton(lambda t: t_tails(t, dof), t_log_density(dof), lower, upper, start)
    return x if p > HALF else -x


def normal_quantile(p):
    p = mpf(p)
    if p == HALF:
        return mpf(0)
    with mp.workdps(120):
        lower, upper = abs(2 * p - 1), 2 * min(p, 1 - p)
    x = newton(
        lambda z: gamma_pair(HALF, z * z / 2),
        lambda z: mp.log(2) - z * z / 2 - mp.log(2 * mp.pi) / 2,
        lower,
        upper,
        abs(special.ndtri(min(float(p), float(1 - p)))),
    )
    return x if p > HALF else -x


def chi_quantile(p, dof):
    p, k = mpf(p), mpf(dof) / 2
    c = -mp.loggamma(k) - k * mp.log(2)
    start = stats.chi2.ppf(float(p), dof)
    if not start > 1e-300:
        start = 2 * mp.exp((mp.log(p) + mp.loggamma(k + 1)) / k)
    return newton(lambda x: chi_tails(x, dof), lambda x: c + (k - 1) * mp.log(x) - x / 2, p, 1 - p, start)


def f_quantile(p, d1, d2):
    p, a, b = mpf(p), mpf(d1) / 2, mpf(d2) / 2
    c = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b) + a * mp.log(mpf(d1) / mpf(d2))
    density = lambda x: c + (a - 1) * mp.log(x) - (a + b) * mp.log1p(mpf(d1) / mpf(d2) * x)
    return newton(lambda x: f_tails(x, d1, d2), density, p, 1 - p, stats.f.ppf(float(p), d1, d2))


def row(*values):
    return [float(v) for v in values]


def checked(rows, approximate, tolerance):
    """The rows, after SciPy has agreed with each."""
    for *arguments, value in rows:
        other = float(approximate(*arguments))
        if abs(value) < 1e290 and not abs(other - value) <= tolerance * abs(value):
            print("SciPy differs:", approximate, arguments, value, other)
    return rows


def doubles(*parts):
    return [float(v) for part in parts for v in part]


levels = doubles(
    [1e-10, 1e-8, 1e-6, 1e-4, 0.0013, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.2499, 0.25, 0.2501, 0.3, 0.4, 0.49],
    [0.4999, 0.5 - 2**-30, 0.5 + 2**-40, 0.51, 0.6, 0.7499, 0.75, 0.7501, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995],
    [0.9995, 0.99999, 1 - 1e-8, 1 - 1e-10],
)
few = doubles([1e-10, 1e-5, 0.01, 0.025, 0.3, 0.5, 0.7, 0.95, 0.975, 0.999, 1 - 1e-10])
t_dofs = doubles(
    [0.05, 0.1, 0.3, 0.5, 0.9, 1, 1.1, 1.5, 2, 2.5, 2.9, 3, 3.1, 4, 5, 7, 10, 15, 16, 17, 30, 59.5, 100, 237, 1000],
    [12345.5, 1e5, 1e6, 1e7, 1e9, 1e12],
)

elementary = {"exp": mp.exp, "log": mp.log, "log1p": mp.log1p, "atan": mp.atan}
arguments = {
    "exp": doubles(rng.uniform(-745, 709, 60), rng.uniform(-1, 1, 60), 10.0 ** rng.uniform(-18, 0, 20), [-745.1, 709.78]),
    "log": doubles(10.0 ** rng.uniform(-323, 308, 60), rng.uniform(0.5, 2, 60), 1 + 10.0 ** rng.uniform(-15, -1, 20), [5e-324]),
    "log1p": doubles(10.0 ** rng.uniform(-20, 300, 50), -(10.0 ** rng.uniform(-17, -0.01, 50)), rng.uniform(-0.99, 2, 60)),
    "atan": doubles(10.0 ** rng.uniform(-20, 20, 40), -(10.0 ** rng.uniform(-2, 2, 40)), rng.uniform(-5, 5, 80)),
}

data = {
    "about": {
        "origin": "scripts/reference/distributions.py",
        "rows": "arguments, then the value rounded once from 60 digits",
        "tools": f"Python {platform.python_version()}, mpmath {mpmath.__version__}, SciPy {scipy.__version__}",
    }
}
for name, function in elementary.items():
    data[name] = [row(x, function(mpf(x))) for x in arguments[name]]
data["logGamma"] = checked(
    [row(x, mp.loggamma(mpf(x))) for x in doubles(10.0 ** rng.uniform(-8, 9, 50), rng.uniform(0.01, 20, 60), [0.5, 1.5, 3, 171.5])],
    special.gammaln,
    1e-10,
)
data["normalQuantile"] = checked([row(p, normal_quantile(p)) for p in levels + [1e-80, 1e-40]], special.ndtri, 1e-9)
data["studentTQuantile"] = checked(
    [row(p, d, v) for d in t_dofs for p in levels if abs(v := t_quantile(p, d)) < 1e307], lambda p, d: stats.t.ppf(p, d), 1e-7
)
data["chiSquareQuantile"] = checked(
    [row(p, d, v) for d in doubles([0.5, 1, 2, 3, 4.5, 10, 31, 100, 1000, 30000]) for p in few if (v := chi_quantile(p, d)) > 1e-300],
    stats.chi2.ppf,
    1e-7,
)
f_dofs = [(0.7, 0.9), (1, 1), (1, 12), (2, 3), (3, 40), (5, 2.5), (4, 1e6), (6, 1e9), (25, 30), (300, 2), (1000, 700)]
data["fQuantile"] = checked([row(p, *d, f_quantile(p, *d)) for d in f_dofs for p in few], stats.f.ppf, 1e-7)

t_points = doubles([1e-12, 0.01, 0.5, 1, 1.7, 1.74, 2.5, 6, 15, 40, 1e3, 1e8])
data["studentTCdf"] = checked(
    [row(-t, d, v) for d in t_dofs for t in t_points if (v := t_tails(t, d)[1] / 2) > 1e-90], stats.t.cdf, 1e-8
)
data["normalCdf"] = checked(
    [row(-z, gamma_pair(HALF, mpf(z) ** 2 / 2)[1] / 2) for z in doubles([1e-9, 0.1, 0.9, 1.5, 1.74, 2, 3, 5, 8])], special.ndtr, 1e-9
)
ratios = doubles([1e-6, 0.01, 0.3, 0.8, 1, 1.02, 1.3, 2, 4])
chi = [(d * r, d, chi_tails(d * r, d)) for d in doubles([0.5, 1, 2, 7, 40, 333, 5000]) for r in ratios]
data["chiSquareCdf"] = checked([row(x, d, v[0]) for x, d, v in chi if v[0] > 1e-290], stats.chi2.cdf, 1e-8)
data["chiSquareUpper"] = checked([row(x, d, v[1]) for x, d, v in chi if v[1] > 1e-90], stats.chi2.sf, 1e-8)
f = [(x, *d, f_tails(x, *d)) for d in f_dofs for x in ratios]
data["fCdf"] = checked([row(x, a, b, v[0]) for x, a, b, v in f if v[0] > 1e-290], stats.f.cdf, 1e-7)
data["fUpper"] = checked([row(x, a, b, v[1]) for x, a, b, v in f if v[1] > 1e-90], stats.f.sf, 1e-7)

lines = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in data.items()]
text = "{\n" + ",\n".join(lines) + "\n}\n"
Path("test/reference-data/distributions.json").write_text(text.replace("Infinity", '"Infinity"'))
print({k: len(v) for k, v in data.items()}, len(text))
