"""Coefficients of the polynomials in assembly/nn/elementary.ts: nearly minimax, by interpolation at Chebyshev
nodes in 60 digits (mpmath 1.3.0). Prints them lowest first with the largest error relative to the function."""
from mpmath import mp, mpf, exp, tanh, atanh, erfc, chebyfit, polyval, linspace, sqrt, log

mp.dps = 60


def fit(name, f, lo, hi, degree, scale=None):
    coefficients = chebyfit(f, [mpf(lo), mpf(hi)], degree + 1)
    scale = scale or (lambda t, e: abs(e))
    worst = max(scale(t, polyval(coefficients, t) - f(t)) for t in linspace(mpf(lo), mpf(hi), 301) if t != 0)
    print(f"// {name}: degree {degree}, error {mp.nstr(worst, 3)}")
    print(", ".join(mp.nstr(c, 20) for c in reversed(coefficients)))


half = log(2) / 2
q = lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > mpf(10) ** -25 else mpf(1) / 2
for degree in (4, 5):
    fit("exp f32", q, -half, half, degree, lambda r, e: abs(e) * r**2 / exp(r))
for degree in (9, 10):
    fit("exp f64", q, -half, half, degree, lambda r, e: abs(e) * r**2 / exp(r))
t = lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -25 else -mpf(1) / 3
rel = lambda z, e: abs(e) * z
for degree in (4, 5):
    fit("tanh f32", t, 0, mpf("0.390625"), degree, rel)
for degree in (10, 11, 12):
    fit("tanh f64", t, 0, mpf("0.390625"), degree, rel)
a = lambda z: (atanh(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -25 else mpf(1) / 3
for degree in (4, 5):
    fit("log1p f32", a, 0, mpf(1) / 9, degree, rel)
for degree in (11, 12, 13):
    fit("log1p f64", a, 0, mpf(1) / 9, degree, rel)
for degree in (6, 7):
    fit("log f64", a, 0, (3 - 2 * sqrt(mpf(2))) ** 2, degree, rel)
g = lambda v: exp((2 * (1 + v) / (1 - v)) ** 2) * erfc(2 * (1 + v) / (1 - v))
rg = lambda v, e: abs(e) / g(v)
for degree in (9, 10, 11):
    fit("erfc f32", g, -1, mpf("0.67"), degree, rg)
for degree in (20, 22, 24):
    fit("erfc f64", g, -1, mpf("0.865"), degree, rg)
