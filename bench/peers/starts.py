"""Random starts for bench/starts.check.ts, and what MINPACK's lmder (scipy.optimize.leastsq) makes of each.

python3 starts.py curves.json starts.json, with NumPy and SciPy. The first file holds curves of real data with `search`, the
range of each nonlinear parameter ("lin" or "log"); the others begin within a factor of 10^0.7 of their value at the minimum.
Two peaks at 1327, a decay and a double decay are added. Jacobians are exact (complex step).
"""

import json
import math
import sys

import numpy as np
from scipy.optimize import leastsq

STARTS = 200
FUNCTIONS = dict(exp=np.exp, log=np.log, sin=np.sin, cos=np.cos, pi=math.pi)


def recorded(path):
    for curve in json.load(open(path))["curves"]:
        # Several sets, and one in thousands of points, are no fits of one model to one set.
        if "sets" in curve or curve["id"] in ("muon_emu", "puromycin_shared_K", "s_alba"):
            continue
        data, answer = curve["data"], curve["answer"]
        yield dict(
            id=curve["id"],
            model=curve["model"],
            vars=curve["variables"],
            names=list(answer["values"]),
            x={v: data[v] for v in curve["variables"]},
            y=data["y"],
            sigma=data.get("sigma"),
            best=answer["rss"],
            truth=answer["values"],
            search=curve["search"],
        )


def made(name, model, x, values, truth, search):
    return dict(
        id=name, model=model, vars=["x"], names=list(truth), x={"x": x.tolist()}, y=values.tolist(), sigma=None, best=None,
        truth=truth, search=search,
    )


def peak(name, model, shape, width, truth):
    x = np.arange(1250, 1401, dtype=float)
    noise = 8 * np.random.default_rng(1).standard_normal(x.size)
    search = {"c": dict(kind="lin", lower=1327 - 2 * width, upper=1327 + 2 * width)}
    return made(name, model, x, 30 + 855 * shape(x) + noise, truth, search)


def synthetic():
    yield peak("gauss1327", "b+a*exp(-(x-c)^2/(2*s^2))", lambda x: np.exp(-((x - 1327) ** 2) / 128), 8, dict(b=30, a=855, c=1327, s=8))
    yield peak("lorentz1327", "b+a/(1+((x-c)/w)^2)", lambda x: 1 / (1 + ((x - 1327) / 6) ** 2), 6, dict(b=30, a=855, c=1327, w=6))
    random = np.random.default_rng(2)
    x = np.linspace(0, 5, 50)
    y = 3 * np.exp(-0.8 * x) + 0.5 + 0.05 * random.standard_normal(50)
    yield made("decay", "a*exp(-b*x)+c", x, y, dict(a=3, b=0.8, c=0.5), {})
    y = 3 * np.exp(-0.3 * x) + 2 * np.exp(-3 * x) + 0.02 * random.standard_normal(50)
    yield made("biexp", "a*exp(-b*x)+c*exp(-d*x)", x, y, dict(a=3, b=0.3, c=2, d=3), {})


def draw(random, name, truth, search):
    if not (range_ := search.get(name)):
        return float(truth[name] * 10 ** random.uniform(-0.7, 0.7))
    lower, upper = range_["lower"], range_["upper"]
    if range_["kind"] == "log":
        return float(np.exp(random.uniform(np.log(lower), np.log(upper))))
    return float(random.uniform(lower, upper))


def fit(case, start):
    """Sum of squares that lmder ends with."""
    x = {name: np.array(column, dtype=float) for name, column in case["x"].items()}
    y = np.array(case["y"], dtype=float)
    weights = 1 / np.array(case["sigma"]) if case["sigma"] else 1.0
    code = compile(case["model"].replace("^", "**"), "model", "eval")

    def model(p):
        values = eval(code, dict(FUNCTIONS, **x, **dict(zip(case["names"], p))))
        return values + 0 * x[case["vars"][0]]

    def jacobian(p):
        columns = []
        for j in range(len(p)):
            at = np.array(p, dtype=complex)
            at[j] += 1e-30j
            columns.append((model(at) * weights).imag / 1e-30)
        return np.array(columns).T

    def residuals(p):
        return (model(p) - y) * weights

    with np.errstate(all="ignore"):
        try:
            end = leastsq(residuals, start, Dfun=jacobian, full_output=True, ftol=1e-12, xtol=1e-12, gtol=0, maxfev=1000)
            r = residuals(end[0])
            return float(r @ r)
        except (ValueError, TypeError):
            return math.inf


def main(source, target):
    random = np.random.default_rng(5)
    cases = [*recorded(source), *synthetic()]
    for case in cases:
        case["starts"] = [[draw(random, name, case["truth"], case["search"]) for name in case["names"]] for _ in range(STARTS)]
    for case in cases:
        ends = [fit(case, start) for start in case["starts"]]
        known = [case["best"]] if case["best"] else []
        case["best"] = min([end for end in ends if end == end] + known)
        case["minpack"] = sum(end <= case["best"] * (1 + 1e-4) for end in ends)
        print(f"{case['id']:20s} {100 * case['minpack'] / STARTS:.1f} %")
    with open(target, "w") as file:
        json.dump(cases, file)


main(*sys.argv[1:3])
