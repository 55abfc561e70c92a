"""Writes test/reference-data/sobol.json: the first points of Sobol's sequence in 21 variables, unscrambled, as whole
multiples of 2^-30.

    python3 scripts/reference/sobol.py   (SciPy 1.17.1: scipy.stats.qmc.Sobol, direction numbers of Joe and Kuo)
"""

import json
from pathlib import Path

import scipy
from scipy.stats import qmc

points = qmc.Sobol(21, scramble=False, bits=30).random(128)
data = {
    "origin": f"scipy.stats.qmc.Sobol(21, scramble=False, bits=30), SciPy {scipy.__version__}",
    "bits": 30,
    "points": [[int(v * 2**30) for v in row] for row in points],
}
path = Path(__file__).parents[2] / "test/reference-data/sobol.json"
path.write_text(json.dumps(data, separators=(",", ":")) + "\n")
