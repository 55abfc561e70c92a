"""Values of the activations to 50 digits (mpmath 1.3.0) at points that are floats, each as a double and the rest of it:
test/reference-data/activations.json. Run: python3 scripts/reference/activations.py > test/reference-data/activations.json"""
import json
import random
import struct

import mpmath
from mpmath import erfc, exp, log, mp, mpf, sqrt, tanh

mp.dps = 50
random.seed(1)

functions = {
    "tanh": tanh,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "softplus": lambda x: log(1 + exp(x)),
    "gelu": lambda x: x * erfc(-x / sqrt(2)) / 2,
}


def as_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


points = [i / 8 for i in range(-304, 129) if i]
points += [random.uniform(-6, 6) for _ in range(150)] + [random.uniform(-0.7, 0.7) for _ in range(60)]
points += [s * t for s in (-1, 1) for t in (1e-30, 1e-10, 1e-4, 0.624, 0.625, 0.626, 30, 80)]
# Where a search over 16,000 points found the largest errors.
points += [0.6702, -0.6719, -36.7708, -16.648, -0.0075, -2.0312, -0.48, -0.466, -5.4987, -5.7503, -37.4697, -13.115]
points = sorted({as_float(x) for x in points})


def parts(value):
    high = float(value)
    return [high, float(value - mpf(high))]


out = {"origin": f"mpmath {mpmath.__version__}, 50 digits: [double, the rest]", "x": points}
for name, f in functions.items():
    out[name] = [parts(f(mpf(x))) for x in points]
print(json.dumps(out, separators=(",", ":")))
