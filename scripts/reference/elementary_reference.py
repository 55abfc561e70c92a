"""Correctly rounded values of the elementary functions special.json does not hold (Debian python3-mpmath 1.2.1).

    /usr/bin/python3 scripts/reference/elementary_reference.py

writes test/reference-data/vector-math.json: 500 points a function over its full range, near zeros and singularities,
subnormal and huge, and ECMAScript's special cases (ECMA-262, 21.3.2).
"""
import json
import random
import struct
from math import inf, isinf, isnan, nan
from pathlib import Path
import mpmath
from mpmath import mp, mpf

mp.dps = 420  # tan of 1e308 needs 310 digits of pi/2 and 60 of its own
ROOT = Path(__file__).resolve().parent.parent.parent
random.seed(20240229)
MIN, MAX = 5e-324, 1.7976931348623157e308


def rounded(value):
    """Nearest double, ties to even, subnormals and overflow included."""
    if value == 0:
        return 0.0
    sign, value = (-1, -value) if value < 0 else (1, value)
    e = max(int(mp.floor(mp.log(value, 2))), -1022)
    while value >= mpf(2) ** (e + 1):
        e += 1
    while e > -1022 and value < mpf(2) ** e:
        e -= 1
    n = int(mp.nint(value * mpf(2) ** (52 - e)))  # mpmath's nint rounds ties to even
    if n * mpf(2) ** (e - 52) >= mpf(2) ** 1024:
        return sign * inf
    return sign * float(mpf(n) * mpf(2) ** (e - 52))


def any_double(low=-1074, high=1023, signed=True):
    """Random sign and significand, exponent uniform."""
    v = mpf(random.randrange(2**52, 2**53)) * mpf(2) ** (random.randint(low, high) - 52)
    v = rounded(v)
    return -v if signed and random.random() < 0.5 else v


def uniform(a, b):
    return random.uniform(a, b)


def neighbours(v):
    """v and the doubles beside it."""
    n = struct.unpack("<q", struct.pack("<d", v))[0]
    return [struct.unpack("<d", struct.pack("<q", n + i))[0] for i in (-1, 0, 1)]


def multiples(unit, ks):
    return [rounded(mpf(k) * unit) for k in ks]


EDGE = [MIN, -MIN, 2.2250738585072014e-308, 2.225073858507201e-308, 1e-310, -3e-320, 5.551115123125783e-17, -1.1102230246251565e-16, 1e-8, -1.4901161193847656e-08]
half_pi = mp.pi / 2
near_half_pi = multiples(half_pi, [1, 2, 3, 4, 5, 7, 10, 11, 22, 51, 100, 355, 1000, 12345, 103993, 208341, 312689, 667000, 833719, 5419351, 80143857, 10**12 + 1])
# The double closest to a multiple of pi/2: 6381956970095103 2^797 (Muller, Elementary Functions, table 11.1).
WORST = float(6381956970095103) * 2.0**797
log2_10 = mp.log(10, 2)

POINTS = {
    "expm1": EDGE + neighbours(709.782712893384) + neighbours(-37.42994775023705) + [0.5, -0.5, 0.25, 1, -1, 40, -40, -745.5, 0.6931471805599453, -0.6931471805599453, 1e-5, 0.010830424696249145, 0.0054152]
    + [lambda: uniform(-1, 1)] * 120 + [lambda: uniform(-0.05, 0.05)] * 120 + [lambda: uniform(-40, 40)] * 60 + [lambda: uniform(-745, 709)] * 60 + [lambda: any_double(-1074, 8)] * 1000,
    "log1p": EDGE + neighbours(-1 + 2.0**-52)[1:] + [-1 + 2.0**-53, -0.5, -0.25, 0.5, 1, 2, 3, 1e15, 4503599627370496.0, 9007199254740991.0, 9007199254740993.0, 1e18, 1.152921504606847e18, 1e30, MAX, -0.29, 0.41, 0.0078125, -0.00390625]
    + [lambda: uniform(-1, 1)] * 120 + [lambda: uniform(-0.05, 0.05)] * 80 + [lambda: any_double(-57, -20)] * 60 + [lambda: -1 + any_double(-53, -1, False)] * 40 + [lambda: any_double(-1074, -1)] * 60 + [lambda: any_double(-10, 1023, False)] * 1000,
    "log2": EDGE[0:1] + [1e-310, 2.2250738585072014e-308, MAX, 1, 0.5, 2, 4, 1024, 2.0**1023, 2.0**-1074, 2.0**-1040, 3, 10, 0.1] + neighbours(1.0) + neighbours(2.0) + neighbours(0.5) + neighbours(1.0078125) + neighbours(0.99609375)
    + [lambda: uniform(0.9, 1.1)] * 120 + [lambda: 1 + any_double(-50, -5)] * 100 + [lambda: uniform(0, 10)] * 60 + [lambda: any_double(-1074, 1023, False)] * 1000,
    "log10": EDGE[0:1] + [1e-310, 2.2250738585072014e-308, MAX, 0.1, 0.001, 3] + [float(f"1e{i}") for i in range(0, 24)] + [1e100, 1e-100, 1e308, 1e-307] + neighbours(1.0) + neighbours(10.0) + neighbours(1.0078125)
    + [lambda: uniform(0.9, 1.1)] * 120 + [lambda: 1 + any_double(-50, -5)] * 100 + [lambda: uniform(0, 10)] * 60 + [lambda: any_double(-1074, 1023, False)] * 1000,
    "tan": EDGE + near_half_pi + [-v for v in near_half_pi[:8]] + [WORST, -WORST, 1e22, 1e300, MAX, 2.0**1023, 1048576.0, 1048577.0, -1048576.0000000001] + neighbours(0.7853981633974483) + neighbours(2.356194490192345)
    + [lambda: uniform(-1.6, 1.6)] * 120 + [lambda: uniform(-100, 100)] * 80 + [lambda: uniform(-1048576, 1048576)] * 60 + [lambda: random.randint(-600000, 600000) * 1.5707963267948966] * 60 + [lambda: any_double(20, 1023)] * 60 + [lambda: any_double(-1074, 2)] * 1000,
    "asin": EDGE + neighbours(0.5) + neighbours(1.0)[:2] + [-v for v in neighbours(1.0)[:2]] + [-0.5, 0.25, 0.7071067811865476, 0.9999999, -0.99999999999]
    + [lambda: uniform(-1, 1)] * 220 + [lambda: uniform(0.45, 0.6)] * 60 + [lambda: 1 - any_double(-52, -3, False)] * 60 + [lambda: any_double(-1074, -1)] * 1000,
    "acos": EDGE + neighbours(0.5) + neighbours(1.0)[:2] + [-v for v in neighbours(1.0)[:2]] + [-0.5, 0.25, 0.7071067811865476, 0.9999999, -0.99999999999]
    + [lambda: uniform(-1, 1)] * 220 + [lambda: uniform(0.45, 0.6)] * 60 + [lambda: 1 - any_double(-52, -3, False)] * 60 + [lambda: -1 + any_double(-52, -3, False)] * 40 + [lambda: any_double(-1074, -1)] * 1000,
    "atan": EDGE + neighbours(1.0) + neighbours(0.03125) + neighbours(0.09375) + neighbours(0.96875) + [MAX, -MAX, 1e16, 1e17, -2, 0.5]
    + [lambda: uniform(-1, 1)] * 160 + [lambda: uniform(-0.1, 0.1)] * 80 + [lambda: uniform(-40, 40)] * 80 + [lambda: any_double()] * 1000,
    "sinh": EDGE + neighbours(1.0) + neighbours(710.4758600739439) + neighbours(709.782712893384) + neighbours(708.0) + [-710, -709, 20, 22, -40]
    + [lambda: uniform(-1.5, 1.5)] * 200 + [lambda: uniform(-30, 30)] * 80 + [lambda: uniform(-710.47, 710.47)] * 80 + [lambda: any_double(-1074, 3)] * 1000,
    "cosh": EDGE + neighbours(1.0) + neighbours(710.4758600739439) + neighbours(709.782712893384) + neighbours(708.0) + [-710, -709, 20, 22, -40]
    + [lambda: uniform(-1.5, 1.5)] * 200 + [lambda: uniform(-30, 30)] * 80 + [lambda: uniform(-710.47, 710.47)] * 80 + [lambda: any_double(-1074, 3)] * 1000,
    "cbrt": EDGE + [1, -1, 8, 27, -64, 1000, 1e-300, 1e300, MAX, 2, 3, 4, 0.125, 2.0**-1074, 2.0**-1073, 2.0**-1072] + neighbours(1.0) + neighbours(8.0)
    + [lambda: uniform(-10, 10)] * 120 + [lambda: float(random.randint(-1000, 1000) or 1) ** 3] * 40 + [lambda: any_double()] * 1000,
    "erf": EDGE + neighbours(0.84375) + neighbours(5.921587195794507) + neighbours(6.0) + [1, -1, 2, -3, 0.4769362762044699, 5.8, 26, MAX]
    + [lambda: uniform(-1, 1)] * 160 + [lambda: uniform(0.8, 2)] * 100 + [lambda: uniform(-6, 6)] * 120 + [lambda: any_double(-1074, -1)] * 1000,
}
FUNCTIONS = {
    "expm1": lambda x: mp.expm1(x), "log1p": lambda x: mp.log1p(x), "log2": lambda x: mp.log(x) / mp.ln2, "log10": lambda x: mp.log(x) / mp.ln10, "tan": mp.tan, "asin": mp.asin,
    "acos": mp.acos, "atan": mp.atan, "sinh": mp.sinh, "cosh": mp.cosh, "cbrt": lambda x: mp.cbrt(x) if x > 0 else -mp.cbrt(-x), "erf": mp.erf,
}
DIGITS = {"tan": 420, "erf": 60, "cosh": 60}


def number(v):
    if isnan(v):
        return "NaN"
    if isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    if v == 0 and struct.pack(">d", v)[0]:
        return "-0"
    return int(v) if v == int(v) and abs(v) < 2**53 else v


def evaluate(name, x):
    # tiny arguments: expm1, log1p, sinh, ... of x are x + O(x^2); 700 digits would be needed to see it, rounding does not
    mp.dps = 420 if name == "tan" else 60
    if name in ("log1p", "expm1", "asin", "atan", "sinh", "tan") and abs(x) < 1e-60:
        return rounded(mpf(x))
    if name == "expm1" and x < -150:
        return -1.0
    if name == "erf" and abs(x) > 20:
        return 1.0 if x > 0 else -1.0
    return rounded(FUNCTIONS[name](mpf(x)))


functions = {}
for name, points in POINTS.items():
    rows, seen = [], set()
    for p in points:
        x = p() if callable(p) else float(p)
        if x == 0 or x in seen or len(rows) == 500:
            continue
        seen.add(x)
        rows.append([number(x), number(evaluate(name, x))])
    assert len(rows) == 500, (name, len(rows))
    functions[name] = rows

rows, seen = [], set()
pairs = [(MIN, MIN), (MIN, 1.0), (1.0, MIN), (MAX, MAX), (-MAX, MAX), (MAX, -MIN), (1e-310, 2e-310), (1.0, 32.0), (1.0, -1.0), (-3.0, -4.0), (1.0, 32.000001), (1.0, 31.999999), (1e-300, 1e300), (-1e-300, -1e300), (1e-200, 1e120)]
while len(rows) < 500:
    if pairs:
        y, x = pairs.pop()
    else:
        kind = len(rows) % 4
        if kind == 0:
            y, x = uniform(-5, 5), uniform(-5, 5)
        elif kind == 1:
            y, x = any_double(), any_double()
        elif kind == 2:
            x = any_double(-300, 300)
            y = x * uniform(-1.2, 1.2)
        else:
            y, x = any_double(-3, 3), any_double(-3, 8)
    mp.dps = 60
    if y == 0 or x == 0:
        continue
    a, b = mpf(abs(y)), mpf(abs(x))
    value = mp.atan(a / b) if a < b else mp.pi / 2 - mp.atan(b / a)
    if x < 0:
        value = mp.pi - value
    value = rounded(value)
    rows.append([number(y), number(x), number(-value if y < 0 else value)])
functions["atan2"] = rows

pi, pi2, pi4, pi34 = (rounded(mp.pi * q) for q in (1, mpf(1) / 2, mpf(1) / 4, mpf(3) / 4))
odd = [[0.0, 0.0], [-0.0, -0.0], [nan, nan]]
specials = {
    "expm1": odd + [[inf, inf], [-inf, -1.0], [710.0, inf], [-800.0, -1.0], [1e308, inf]],
    "log1p": odd + [[-1.0, -inf], [-2.0, nan], [inf, inf], [-inf, nan], [-1.0000000000000002, nan]],
    "log2": [[0.0, -inf], [-0.0, -inf], [1.0, 0.0], [-1.0, nan], [-MIN, nan], [inf, inf], [-inf, nan], [nan, nan]],
    "log10": [[0.0, -inf], [-0.0, -inf], [1.0, 0.0], [-1.0, nan], [-MIN, nan], [inf, inf], [-inf, nan], [nan, nan]],
    "tan": odd + [[inf, nan], [-inf, nan]],
    "asin": odd + [[1.0, pi2], [-1.0, -pi2], [1.0000000000000002, nan], [-2.0, nan], [inf, nan], [-inf, nan]],
    "acos": [[1.0, 0.0], [-1.0, pi], [0.0, pi2], [-0.0, pi2], [nan, nan], [1.0000000000000002, nan], [-2.0, nan], [inf, nan], [-inf, nan]],
    "atan": odd + [[inf, pi2], [-inf, -pi2], [1.0, pi4], [-1.0, -pi4]],
    "sinh": odd + [[inf, inf], [-inf, -inf], [711.0, inf], [-711.0, -inf]],
    "cosh": [[0.0, 1.0], [-0.0, 1.0], [nan, nan], [inf, inf], [-inf, inf], [711.0, inf], [-711.0, inf]],
    "cbrt": odd + [[inf, inf], [-inf, -inf], [8.0, 2.0], [-27.0, -3.0]],
    "erf": odd + [[inf, 1.0], [-inf, -1.0], [6.5, 1.0], [-40.0, -1.0]],
    "atan2": [[0.0, 0.0, 0.0], [0.0, -0.0, pi], [-0.0, 0.0, -0.0], [-0.0, -0.0, -pi], [0.0, 1.0, 0.0], [0.0, -1.0, pi], [-0.0, 1.0, -0.0], [-0.0, -1.0, -pi],
              [1.0, 0.0, pi2], [1.0, -0.0, pi2], [-1.0, 0.0, -pi2], [-1.0, -0.0, -pi2], [1.0, inf, 0.0], [-1.0, inf, -0.0], [1.0, -inf, pi], [-1.0, -inf, -pi],
              [inf, 1.0, pi2], [-inf, 1.0, -pi2], [inf, -1.0, pi2], [inf, inf, pi4], [inf, -inf, pi34], [-inf, inf, -pi4], [-inf, -inf, -pi34],
              [nan, 1.0, nan], [1.0, nan, nan], [nan, nan, nan], [nan, inf, nan], [inf, nan, nan], [0.0, nan, nan], [inf, 0.0, pi2], [0.0, inf, 0.0], [0.0, -inf, pi]],
}
about = {
    "title": "Correctly rounded values of elementary functions in f64",
    "generator": f"scripts/reference/elementary_reference.py, mpmath {mpmath.__version__}, 60 digits (tan: 420)",
    "rows": "[x, f(x)], atan2: [y, x, atan2(y, x)]; rounded to nearest even, subnormals included; the strings NaN, Infinity, -Infinity, -0 stand for those values",
    "specials": "as ECMAScript's Math",
}
lines = ["{", f' "about": {json.dumps(about)},', ' "functions": {']
for i, (name, rows) in enumerate(functions.items()):
    lines.append(f'  "{name}": [' + ",\n   ".join(json.dumps(r) for r in rows) + "]" + ("," if i < len(functions) - 1 else ""))
lines += [" },", ' "specials": {']
for i, (name, rows) in enumerate(specials.items()):
    lines.append(f'  "{name}": [' + ",\n   ".join(json.dumps([number(v) for v in r]) for r in rows) + "]" + ("," if i < len(specials) - 1 else ""))
lines += [" }", "}"]
(ROOT / "test/reference-data/vector-math.json").write_text("\n".join(lines) + "\n")
print({name: len(rows) for name, rows in functions.items()})
