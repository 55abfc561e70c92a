"""Writes test/reference-data/curve-fit.json: fits with their statistics, bands, profile intervals and robust fits.

Values, standard errors, covariance and criteria are lmfit's (MINPACK with the analytic Jacobian), AIC, BIC, sigma
and vcov of the same fits are also R's nls (run by Rscript), robust fits are SciPy's least_squares. Bands are
Student's t times the delta method (lmfit's eval_uncertainty must agree), ends of profiles are roots of the
profiled rss by brentq (lmfit.conf_interval must agree).

    python3 scripts/reference/curve-fit.py   (Debian 12: Python 3.11.2, SciPy 1.10.1, lmfit 1.1.0, R 4.2.2)
"""

import json
import platform
import subprocess
from pathlib import Path

import lmfit
import numpy as np
import scipy
from scipy import optimize, stats

rng = np.random.default_rng(20250117)
TIGHT = dict(ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=20000)


def decay(x, a, b, c):
    return a * np.exp(-b * x) + c


def decay_jac(x, a, b, c):
    e = np.exp(-b * x)
    return np.column_stack([e, -a * x * e, np.ones_like(x)])


def peak(x, h, x0, w, c, s):
    return h * np.exp(-(((x - x0) / w) ** 2)) + c + s * x


def peak_jac(x, h, x0, w, c, s):
    z = (x - x0) / w
    e = np.exp(-z * z)
    return np.column_stack([e, 2 * h * e * z / w, 2 * h * e * z * z / w, np.ones_like(x), x])


MODELS = {
    "decay": (decay, decay_jac, ["a", "b", "c"], "a * exp(-b * x) + c"),
    "peak": (peak, peak_jac, ["h", "x0", "w", "c", "s"], "h * exp(-((x - x0) / w)^2) + c + s * x"),
}

x20 = np.round(np.linspace(0, 6, 20), 4)
y20 = np.round(decay(x20, 5, 0.8, 1.2) + 0.08 * rng.standard_normal(20), 4)
s20 = np.round(0.03 + 0.02 * np.abs(decay(x20, 5, 0.8, 1.2)), 4)
y20w = np.round(decay(x20, 5, 0.8, 1.2) + s20 * rng.standard_normal(20), 4)
x35 = np.round(np.linspace(-3, 4, 35), 4)
y35 = np.round(peak(x35, 4, 0.7, 1.1, 0.5, 0.25) + 0.15 * rng.standard_normal(35), 4)

CASES = [
    dict(name="unweighted", model="decay", x=x20, y=y20, sigma=None, absolute=False, start=[3, 0.4, 0.5], fixed=[]),
    dict(name="weighted", model="decay", x=x20, y=y20w, sigma=s20, absolute=False, start=[3, 0.4, 0.5], fixed=[]),
    dict(name="absolute sigma", model="decay", x=x20, y=y20w, sigma=s20, absolute=True, start=[3, 0.4, 0.5], fixed=[]),
    dict(name="fixed slope", model="peak", x=x35, y=y35, sigma=None, absolute=False, start=[3, 0.5, 1, 0.3, 0.25], fixed=["s"]),
]


def close(a, b, tolerance, what):
    a, b = np.asarray(a, float), np.asarray(b, float)
    worst = np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)))
    assert worst <= tolerance, (what, worst, a, b)


def run_r(case):
    _, _, names, formula = MODELS[case["model"]]
    start = dict(zip(names, case["start"]))
    for name in case["fixed"]:
        formula = formula.replace(f"{name} *", f"{start.pop(name)} *")
    vector = lambda v: "c(" + ",".join(repr(float(t)) for t in v) + ")"
    weights = "" if case["sigma"] is None else f", weights = 1 / {vector(case['sigma'])}^2"
    arguments = ", ".join(start)
    free = ", ".join(f'"{name}"' for name in start)
    code = f"""
    x <- {vector(case['x'])}; y <- {vector(case['y'])}
    g <- deriv(~ {formula}, c({free}), function(x, {arguments}) NULL)
    f <- nls(y ~ g(x, {arguments}), start = list({", ".join(f"{k} = {v}" for k, v in start.items())}){weights},
             control = nls.control(tol = 1e-9, maxiter = 500))
    show <- function(v) cat(paste(sprintf("%.17g", as.numeric(v)), collapse = " "), "\\n")
    show(coef(f)); show(t(vcov(f))); show(sigma(f)); show(deviance(f)); show(AIC(f)); show(BIC(f)); show(logLik(f))
    """
    run = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    out = run.stdout
    rows = [[float(t) for t in line.split()] for line in out.strip().splitlines()]
    keys = ["values", "vcov", "sigma", "rss", "aicR", "bicR", "logLik"]
    return {k: (v if k in ("values", "vcov") else v[0]) for k, v in zip(keys, rows)}


def profile_end(case, k, free, best, limit, side, scale):
    """The value of free parameter k where the rss, minimised over the others, is `limit`."""
    fun, jac, names, _ = MODELS[case["model"]]
    w = 1 if case["sigma"] is None else 1 / case["sigma"]
    full = np.array(case["start"], float)
    others = [j for i, j in enumerate(free) if i != k]

    def rss(value):
        full[free] = best
        full[free[k]] = value

        def place(q):
            full[others] = q
            return full

        solved = optimize.least_squares(
            lambda q: (fun(case["x"], *place(q)) - case["y"]) * w,
            np.delete(best, k),
            jac=lambda q: (jac(case["x"], *place(q)).T * w).T[:, others],
            x_scale="jac",
            **TIGHT,
        )
        return 2 * solved.cost - limit

    out = best[k] + side * scale
    while rss(out) < 0:
        out += side * scale
    return optimize.brentq(rss, best[k], out, xtol=1e-13, rtol=1e-13)


def solve(case):
    fun, jac, names, _ = MODELS[case["model"]]
    x, y, sigma = case["x"], case["y"], case["sigma"]
    w = np.ones_like(x) if sigma is None else 1 / sigma
    free = [j for j, name in enumerate(names) if name not in case["fixed"]]
    params = lmfit.Parameters()
    for name, start in zip(names, case["start"]):
        params.add(name, value=start, vary=name not in case["fixed"])
    residual = lambda p: (fun(x, *[p[n].value for n in names]) - y) * w
    derivative = lambda p: (jac(x, *[p[n].value for n in names]).T * w).T[:, free]
    mini = lmfit.Minimizer(residual, params, scale_covar=not case["absolute"])
    fit = mini.leastsq(Dfun=derivative, ftol=1e-15, xtol=1e-15, gtol=0)
    best = np.array([fit.params[n].value for n in names])
    J = (jac(x, *best).T * w).T[:, free]
    # One more Gauss-Newton step: MINPACK stops a digit or two early.
    for _ in range(3):
        r = (fun(x, *best) - y) * w
        best[free] -= np.linalg.lstsq((jac(x, *best).T * w).T[:, free], r, rcond=None)[0]
    r = (fun(x, *best) - y) * w
    close(best, [fit.params[n].value for n in names], 1e-8, "values")
    m, n = len(x), len(free)
    dof = m - n
    rss = float(r @ r)
    scale = 1 if case["absolute"] else rss / dof
    J = (jac(x, *best).T * w).T[:, free]
    covariance = np.linalg.inv(J.T @ J) * scale
    stderr = np.sqrt(np.diag(covariance))
    outer = np.outer(stderr, stderr)
    # Entries that vanish by symmetry are compared with the standard errors.
    close(outer + covariance, outer + fit.covar, 1e-6, "covariance")
    mean = np.sum(w**2 * y) / np.sum(w**2)
    t = stats.t.ppf(0.975, dof)
    at = np.array([x[0] - 1, x[0], x[3] + 0.1, x[9], x[-1], x[-1] + 2])
    G = jac(at, *best)[:, free]
    half = t * np.sqrt(np.einsum("ij,jk,ik->i", G, covariance, G))
    wide = t * np.sqrt(np.einsum("ij,jk,ik->i", G, covariance, G) + scale)
    if sigma is None:
        model = lmfit.Model(fun)
        again = model.fit(y, params, x=x, fit_kws=dict(ftol=1e-15, xtol=1e-15))
        close(half, again.eval_uncertainty(sigma=0.95, x=at), 1e-4, "band")
    limit = rss + scale * (stats.chi2.ppf(0.95, 1) if case["absolute"] else stats.f.ppf(0.95, 1, dof))
    start = best[free].copy()
    profiles = {
        names[j]: [profile_end(case, k, free, start, limit, side, stderr[k]) for side in (-1, 1)]
        for k, j in enumerate(free)
    }
    if not case["absolute"]:
        intervals = lmfit.conf_interval(mini, fit, sigmas=[0.95])
        for name, (low, high) in profiles.items():
            close([low, high], [intervals[name][0][1], intervals[name][2][1]], 2e-3, f"profile {name}")
    r_fit = run_r(case)
    close(best[free], r_fit["values"], 1e-7, "R values")
    close(rss, r_fit["rss"], 1e-10, "R rss")
    if not case["absolute"]:
        close((outer + covariance).ravel(), outer.ravel() + r_fit["vcov"], 1e-6, "R vcov")
    # lmfit's own words for the criteria, at its own rss.
    close([fit.aic, fit.bic, fit.redchi], [m * np.log(rss / m) + 2 * n, m * np.log(rss / m) + n * np.log(m), rss / dof], 1e-9, "criteria")
    return dict(
        name=case["name"],
        model=case["model"],
        x=x.tolist(),
        y=y.tolist(),
        sigma=None if sigma is None else sigma.tolist(),
        absoluteSigma=case["absolute"],
        params=names,
        start=case["start"],
        fixed=case["fixed"],
        values=best.tolist(),
        stderr=stderr.tolist(),
        covariance=covariance.ravel().tolist(),
        correlation=(covariance / outer).ravel().tolist(),
        ci=[[float(v - t * s), float(v + t * s)] for v, s in zip(best[free], stderr)],
        dof=dof,
        rss=rss,
        redChi2=rss / dof,
        residualStd=float(np.sqrt(rss / dof)),
        r2=float(1 - rss / np.sum(w**2 * (y - mean) ** 2)),
        aic=float(fit.aic),
        bic=float(fit.bic),
        aicR=r_fit["aicR"],
        bicR=r_fit["bicR"],
        conditionNumber=float(np.linalg.cond(J / np.linalg.norm(J, axis=0))),
        band=dict(x=at.tolist(), fit=fun(at, *best).tolist(), confidence=half.tolist(), prediction=wide.tolist()),
        profile={name: [float(low), float(high)] for name, (low, high) in profiles.items()},
    )


def tukey(z):
    inside = z < 1
    u = np.where(inside, 1 - z, 0)
    return np.array([(1 - u**3) / 3, u**2, -2 * u])


LOSSES = {"softL1": "soft_l1", "huber": "huber", "cauchy": "cauchy", "arctan": "arctan", "tukey": tukey}


def robust(name, model, x, y, start, scales):
    fun, jac, names, _ = MODELS[model]
    fits = []
    for loss, spelled in LOSSES.items():
        for scale in scales:
            # tukey starts from the answer of soft_l1, as its flat tails need.
            x0 = np.array(start, float)
            stages = ["soft_l1", spelled] if loss in ("tukey", "arctan") else [spelled]
            for stage in stages:
                best = optimize.least_squares(
                    lambda p: fun(x, *p) - y, x0, jac=lambda p: jac(x, *p), loss=stage, f_scale=scale, x_scale="jac", **TIGHT
                )
                x0 = best.x
            r = fun(x, *best.x) - y
            z = (r / scale) ** 2
            weight = {
                "softL1": (1 + z) ** -0.5,
                "huber": np.where(z <= 1, 1, 1 / np.sqrt(np.maximum(z, 1))),
                "cauchy": 1 / (1 + z),
                "arctan": 1 / (1 + z**2),
                "tukey": np.where(z < 1, (1 - z) ** 2, 0),
            }[loss]
            J = jac(x, *best.x)
            g = J.T @ (weight * r)
            cosine = np.max(np.abs(g) / (np.linalg.norm(J, axis=0) * np.linalg.norm(weight * r)))
            assert cosine < 1e-6, (name, loss, scale, cosine)
            fits.append(dict(loss=loss, lossScale=scale, values=best.x.tolist(), fun=float(best.cost)))
    return dict(name=name, model=model, x=x.tolist(), y=y.tolist(), params=names, start=start, fits=fits)


def contaminated(y, indices, amounts):
    out = y.copy()
    out[indices] += amounts
    return np.round(out, 4)


ROBUST = [
    robust("decay with three outliers", "decay", x20, contaminated(y20, [2, 9, 15], [1.5, -1, 2.5]), [3, 0.4, 0.5], [0.1, 0.3]),
    robust("peak with a tenth of outliers", "peak", x35, contaminated(y35, [5, 14, 20, 30], [3, -4, 2.5, 6]), [3, 0.5, 1, 0.3, 0.2], [0.2, 0.5]),
    robust("decay without outliers", "decay", x20, y20, [3, 0.4, 0.5], [0.15, 1]),
]

versions = dict(
    python=platform.python_version(),
    numpy=np.__version__,
    scipy=scipy.__version__,
    lmfit=lmfit.__version__,
    R=subprocess.run(["Rscript", "-e", "cat(paste(R.version$major, R.version$minor, sep = '.'))"], capture_output=True, text=True, check=True).stdout,
)
result = dict(
    about=dict(
        generator="scripts/reference/curve-fit.py",
        versions=versions,
        residuals="model - y; fun = half the robust sum",
        bands="half widths at level 0.95",
    ),
    fits=[solve(case) for case in CASES],
    robust=ROBUST,
)
path = Path(__file__).resolve().parents[2] / "test" / "reference-data" / "curve-fit.json"
path.write_text(json.dumps(result, indent=1) + "\n")
print(versions)
