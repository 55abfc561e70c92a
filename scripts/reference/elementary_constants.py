"""Coefficients and tables of the elementary functions in assembly/models (Debian python3-mpmath 1.2.1).

    /usr/bin/python3 scripts/reference/elementary_constants.py && npx biome format --write src/models/constants.ts

writes assembly/models/layout.ts (byte offsets, read by the kernels), src/models/constants.ts (the values, which the runtime
writes into memory once) and test/reference-data/elementary-tables.json (the tables, which src/models/tables.ts computes). Polynomials are minimax by Remez' second algorithm; tables follow Tang,
ACM TOMS 15 (1989) 144 (exp) and 16 (1990) 378 (log); 2/pi in limbs serves Payne and Hanek, SIGNUM 18 (1983) 19.
"""
import json
import struct
from pathlib import Path
from mpmath import mp, mpf, matrix, lu_solve, exp, expm1, log, log1p, sin, cos, tanh, sinh, atan, asin, erf, erfc, sqrt, pi, cbrt, floor, nint, cos as mcos

mp.dps = 60
ROOT = Path(__file__).resolve().parent.parent.parent


def bits(value):
    """The double whose bit pattern is `value`."""
    return struct.unpack("<d", struct.pack("<Q", value))[0]


def head(value, lsb):
    """`value` rounded to a multiple of 2^lsb: a double with few bits, so that small multiples of it are exact."""
    return float(nint(value * mpf(2) ** -lsb) * mpf(2) ** lsb)


def parts(value, *lsbs):
    """Cody and Waite: `value` as a sum of short doubles and one last full one."""
    out, rest = [], mpf(value)
    for lsb in lsbs:
        out.append(head(rest, lsb))
        rest -= mpf(out[-1])
    return [*out, float(rest)]


def letters(data):
    """The text that src/runtime/letters.ts reads back, as scripts/letters.mjs writes it."""
    bits, at, text = "".join(f"{byte:08b}" for byte in data), 0, ""
    while at < len(bits):
        word = int(bits[at : at + 6].ljust(6, "0"), 2)
        at += 6
        if word >= 42:
            word = 2 * word + int(bits[at : at + 1] or "0") - 42
            at += 1
        text += chr(word + (40 if word < 52 else 41))
    return text


def remez(name, f, weight, a, b, degree):
    """Coefficients p_0..p_degree that minimise max |weight * (f - p)| on [a, b]; prints the error reached."""
    a, b, n = mpf(a), mpf(b), degree + 2
    nodes = [(a + b) / 2 - (b - a) / 2 * mcos(pi * i / (n - 1)) for i in range(n)]
    for _ in range(12):
        system, rhs = matrix(n, n), matrix(n, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                system[i, j] = x**j
            system[i, degree + 1] = (-1) ** i / weight(x)
            rhs[i] = f(x)
        solution = lu_solve(system, rhs)
        p, level = [solution[j] for j in range(degree + 1)], abs(solution[degree + 1])
        error = lambda x: weight(x) * (f(x) - mp.polyval(p[::-1], x))
        grid = [(a + b) / 2 - (b - a) / 2 * mcos(pi * i / (40 * n)) for i in range(40 * n + 1)]
        values = [error(x) for x in grid]
        extrema = []
        for i, v in enumerate(values):
            if not extrema or (v > 0) != (values[extrema[-1]] > 0):
                extrema.append(i)
            elif abs(v) > abs(values[extrema[-1]]):
                extrema[-1] = i
        while len(extrema) > n:
            extrema.pop(0 if abs(values[extrema[0]]) < abs(values[extrema[-1]]) else -1)
        if len(extrema) < n:
            raise ValueError(f"{name}: {len(extrema)} extrema, {n} needed")
        nodes = [grid[i] for i in extrema]
        worst = max(abs(v) for v in values)
        if worst < level * mpf("1.0005"):
            break
    rounded = [float(c) for c in p]
    final = max(abs(weight(x) * (f(x) - mp.polyval([mpf(c) for c in rounded[::-1]], x))) for x in grid if weight(x) != 0)
    print(f"{name:12s} degree {degree:2d}  minimax 2^{float(log(worst, 2)):.1f}, with rounded coefficients 2^{float(log(final, 2)):.1f}")
    return rounded


splats = []  # [name, value, comment]: each written twice, so that one 16-byte load gives both lanes
tables = []  # [name, values, comment]: scalars, gathered by index


def splat(name, value, comment=""):
    splats.append((name, float(value), comment))


def poly(name, coefficients, comment):
    for i, c in enumerate(coefficients):
        splat(f"{name}{i}", c, comment if i == 0 else "")


ln2 = log(mpf(2))
mp.dps = 90  # differences such as exp(r) - 1 - r below keep 60 digits

# Shared.
splat("ONE", 1)
splat("TWO", 2)
splat("HALF", 0.5)
splat("SIGN", -0.0, "the sign bit")
splat("INF", float("inf"))
splat("MIN_NORMAL", mpf(2) ** -1022)
splat("MAGIC", 1.5 * 2.0**52, "adding it rounds to an integer, which then stands in the low bits")
splat("INT1", bits(1), "the integer 1")
splat("INT2", bits(2), "the integer 2")
splat("LOW27", bits(2**27 - 1), "the low 27 bits of a significand")
splat("MAGIC_BIAS", 1.5 * 2.0**52 + 1023, "shifted left by 52 after adding m it is 2^m")
splat("TWO54", mpf(2) ** 54)
splat("MINUS_54", -54)
splat("MINUS_ONE", -1)
splat("TWO1023", mpf(2) ** 1023)

# exp: x = n ln2/64 + r.
splat("EXP_MAX", 708, "below it no result is subnormal or infinite")
splat("EXP_INV", 64 / ln2)
hi, lo = parts(ln2 / 64, -43)
splat("EXP_STEP_HI", hi, "ln2/64, 36 bits and the rest")
splat("EXP_STEP_LO", lo)
rmax = ln2 / 128 * (1 + mpf(2) ** -20)
f = lambda r: (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -20 else mpf(1) / 2 + r / 6
poly("EXP", remez("exp", f, lambda r: r**2 + rmax**2 / 1000, -rmax, rmax, 3), "(exp(r) - 1 - r)/r^2")
poly("EXPM1_", remez("expm1", f, lambda r: abs(r) + rmax / 1000, -rmax, rmax, 4), "the same, relative to r")
splat("EXP_SIXTYFOURTH", 1 / mpf(64))
splat("EXP_LOW", -746, "exp of it is 0")
splat("EXP_HIGH", 710, "exp of it overflows")

# log: x = 2^k m, m in [0.69, 1.38), 64 intervals of m, the middle of one is 1.
OFF, ADD = 0x3FE6200000000000, 0x3FF0000000000000 - 0x3FE6200000000000
inverse, center_hi, center_lo, worst = [], [], [], mpf(0)
for i in range(64):
    a, b = mpf(bits(OFF + (i << 46))), mpf(bits(OFF + ((i + 1) << 46)))
    q = float(nint(2 / (a + b) * 1024) / 1024) if not a < 1 < b else 1.0
    worst = max(worst, abs(a * q - 1), abs(b * q - 1))
    c = -log(mpf(q))
    h, l = parts(c, -42)
    inverse.append(q)
    center_hi.append(h)
    center_lo.append(l)
print(f"log: |r| <= 2^{float(log(worst, 2)):.3f}")
splat("LOG_ADD", bits(ADD), "integer: moves the interval boundary to a power of two")
splat("LOG_MASK", bits(2**52 - 1), "the significand")
splat("LOG_OFF", bits(OFF), "0.69140625")
splat("LOG_TWO52", 2.0**52)
splat("LOG_BIAS", 2.0**52 + 1023)
hi, lo = parts(ln2, -42)
splat("LN2_HI", hi, "ln2 to 42 bits after the point, and the rest")
splat("LN2_LO", lo)
f = lambda r: (log1p(r) - r + r**2 / 2) / r**3 if abs(r) > mpf(10) ** -15 else mpf(1) / 3 - r / 4 + r**2 / 5
f2 = lambda r: (log1p(r) - r) / r**2 if abs(r) > mpf(10) ** -15 else -mpf(1) / 2 + r / 3 - r**2 / 4
splat("LOG_HALF", -0.5, "leads the next polynomial: (log(1 + r) - r)/r^2")
poly("LOG", remez("log", f, lambda r: r**2 + mpf(10) ** -7, -worst, worst, 4), "(log(1 + r) - r + r^2/2)/r^3")
poly("LOGX", remez("log, 68 bits", f, lambda r: r**2 + mpf(10) ** -7, -worst, worst, 6), "the same for pow, log2, log10")
hi = head(1 / ln2, -25)
splat("LOG2E_HI", hi)
splat("LOG2E_LO", 1 / ln2 - mpf(hi))
hi = head(1 / log(mpf(10)), -27)
splat("LOG10E_HI", hi)
splat("LOG10E_LO", 1 / log(mpf(10)) - mpf(hi))
splat("LOG1P_MAX", mpf(2) ** 60, "above it log(1 + x) is log(x)")
splat("TO25", 1.5 * 2.0**20, "adding and subtracting it keeps multiples of 2^-32")
splat("POW_YMAX", mpf(2) ** 64, "above it x^y is 0, 1 or Infinity")

# sin, cos, tan: Cody and Waite in four parts for |x| <= 2^20.
splat("TRIG_MAX", mpf(2) ** 20)
splat("TRIG_INV", 2 / pi)
p1, p2, p3, p4 = parts(pi / 2, -32, -65, -98)
for i, v in enumerate((p1, p2, p3, p4)):
    splat(f"PIO2_{i + 1}", v, "pi/2 in parts of 33 bits; the last has 53" if i == 0 else "")
hi = head(pi / 2, -25)
splat("PIO2_SHORT", hi, "pi/2 in 26 bits, and the rest")
splat("PIO2_SHORT_REST", pi / 2 - mpf(hi))
zmax = (pi / 4) ** 2 * (1 + mpf(2) ** -18)
f = lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -20 else -mpf(1) / 6 + z / 120
poly("SIN", remez("sin", f, lambda z: z + mpf(10) ** -5, mpf(0), zmax, 5), "(sin(r)/r - 1)/z, z = r^2")
f = lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2 if z > mpf(10) ** -15 else mpf(1) / 24 - z / 720
poly("COS", remez("cos", f, lambda z: z**2 + mpf(10) ** -5, mpf(0), zmax, 5), "(cos(r) - 1 + z/2)/z^2")

# Hyperbolic.
splat("TANH_SMALL", 0.55, "below it a polynomial")
splat("TANH_MAX", 22, "tanh of it rounds to 1")
f = lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -20 else -mpf(1) / 3 + 2 * z / 15
poly("TANH", remez("tanh", f, lambda z: z + mpf(10) ** -5, mpf(0), mpf("0.3025"), 10), "(tanh(x)/x - 1)/z, z = x^2")
f = lambda z: (sinh(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -20 else mpf(1) / 6 + z / 120
poly("SINH", remez("sinh", f, lambda z: z + mpf(10) ** -5, mpf(0), mpf(1), 6), "(sinh(x)/x - 1)/z for |x| <= 1")

# atan, asin, acos.
f = lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -20 else -mpf(1) / 3 + z / 5
poly("ATAN", remez("atan", f, lambda z: z + mpf(10) ** -8, mpf(0), mpf(1) / 1024, 3), "(atan(t)/t - 1)/z, |t| <= 1/32")
h, l = parts(pi / 2, -52)
splat("HALF_PI", h, "pi/2 and pi as a double and its rest")
splat("HALF_PI_LOW", l)
splat("PI", 2 * h)
splat("PI_LOW", 2 * l)
splat("SIXTEEN", 16)
splat("SIXTEENTH", mpf(1) / 16)
h, l = parts(pi / 2, -42)
splat("ATAN_PIO2_HI", h, "pi/2 and pi, 42 bits after the point, and the rest")
splat("ATAN_PIO2_LO", l)
splat("ATAN_PI_HI", 2 * h)
splat("ATAN_PI_LO", 2 * l)
f = lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -20 else mpf(1) / 6 + 3 * z / 40
poly("ASIN", remez("asin", f, lambda z: z + mpf(10) ** -6, mpf(0), mpf("0.25"), 12), "(asin(x)/x - 1)/z for |x| <= 1/2")

# cbrt.
splat("THIRD", mpf(1) / 3)
splat("THREE", 3)
poly("CBRT", remez("cbrt", lambda m: cbrt(m), lambda m: 1 / cbrt(m), mpf(1), mpf(2), 6), "cbrt(m), m in [1, 2)")
splat("CBRT_UP", cbrt(mpf(2)), "cbrt(2) and cbrt(1/2)")
splat("CBRT_DOWN", cbrt(mpf(1) / 2))
for i, v in enumerate((mpf(1) / 3, mpf(2) / 9, mpf(14) / 81)):
    splat(f"CBRT_SERIES{i}", v, "binomial series of (1 - d)^(-1/3)" if i == 0 else "")
splat("TWO_M18", mpf(2) ** -18)
splat("CBRT_MASK", bits(2**36 - 1), "the significand below 17 bits")

# erf.
splat("ERF_SMALL", 0.84375)
splat("ERF_MAX", 6, "erf of it rounds to 1")
f = lambda z: (erf(sqrt(z)) / sqrt(z) if z > mpf(10) ** -20 else 2 / sqrt(pi) * (1 - z / 3)) - 1
poly("ERF", remez("erf", f, lambda z: mpf(1), mpf(0), mpf("0.84375") ** 2, 11), "erf(x)/x - 1 for |x| <= 0.84375")
x_of = lambda v: 2 * (1 + v) / (1 - v)
f = lambda v: exp(x_of(v) ** 2) * erfc(x_of(v))
poly("ERFC", remez("erfc", f, lambda v: exp(-x_of(v) ** 2), (mpf("0.84375") - 2) / (mpf("0.84375") + 2), mpf(1) / 2, 13), "exp(x^2) erfc(x), in v = (x - 2)/(x + 2)")

tables.append(("EXP_TABLE", [v for j in range(64) for v in parts(mpf(2) ** (mpf(j) / 64), -52)], "2^(j/64): head and rest, j = 0..63"))
tables.append(("LOG_TABLE", [v for row in zip(inverse, center_hi, center_lo) for v in (*row, 0)], "q = 1/c, head and rest of log(c), 0: 64 intervals"))
tables.append(("ATAN_TABLE", [v for j in range(17) for v in parts(atan(mpf(j) / 16), -42)], "atan(j/16): head and rest, j = 0..16"))
mp.dps = 400
limbs = int(floor(2 / pi * mpf(2) ** 1248))
tables.append(("TWO_OVER_PI", [0, 0] + [(limbs >> (1248 - 32 * (i + 1))) & 0xFFFFFFFF for i in range(39)], "2/pi: two zero limbs, then 39 limbs of 32 bits"))


banner = "// Generated by scripts/reference/elementary_constants.py (mpmath " + __import__("mpmath").__version__ + "): do not edit."
out = [banner, "// Byte offsets into the constants block: splats hold a value twice (one 16-byte load), tables hold scalars.", ""]
offset = 0
for name, _, comment in splats:
    out.append(f"export const {name}: usize = {offset};" + (f" // {comment}" if comment else ""))
    offset += 16
for name, values, comment in tables:
    out.append(f"export const {name}: usize = {offset}; // {comment}")
    offset += 8 * len(values)
(ROOT / "assembly/models/layout.ts").write_text("\n".join(out) + "\n")
size = offset

values = [float(v) for _, v, _ in splats]
packed = letters(struct.pack(f"<{len(values)}d", *values))
source = f"""{banner}
// The constants block of assembly/models, whose offsets are in assembly/models/layout.ts; src/models/tables.ts fills it.

/** Bytes of the block. */
export const ELEMENTARY_BYTES = {size};
/** The values that stand twice each at its beginning, for both lanes of a register: doubles, little-endian, as letters. */
export const SPLATS: string =
  "{packed}";
"""
tables_json = {"origin": f"mpmath {__import__('mpmath').__version__}, {Path(__file__).name}", "tables": {name: [float(v) for v in vs] for name, vs, _ in tables}}
(ROOT / "test/reference-data/elementary-tables.json").write_text(json.dumps(tables_json) + "\n")
(ROOT / "src/models/constants.ts").write_text(source)
print(f"{len(splats)} splats, {sum(len(v) for _, v, _ in tables)} table values, {size} bytes")
