import fc from "fast-check";
import { all, create, type EvalFunction } from "mathjs";
import { describe, expect, it } from "vitest";
import { expression, NAMES, valueWithError } from "./expressions.js";
import { hasRelaxed, runClosures, runEmitted } from "./harness.js";

const math = create(all!, { predictable: true, relTol: 1e-300, absTol: 1e-300 });
math.import({
  step: (x: number) => (x >= 0 ? 1 : 0),
  gaussian: (x: number, m = 0, s = 1) => Math.exp(-0.5 * ((x - m) / s) ** 2),
  lorentzian: (x: number, m = 0, s = 1) => 1 / (1 + ((x - m) / s) ** 2),
  sigmoid: (x: number, m = 0, s = 1) => 1 / (1 + Math.exp(-(x - m) / s)),
});

const RUNS = Number(process.env.DOWNHILL_RUNS ?? 1000);
const point = fc.integer({ min: -3000, max: 3000 }).map((v) => v / 1000); // no subnormals: mathjs compares with a tolerance
const points = fc.array(fc.tuple(point, point), { minLength: 1, maxLength: 3 });
const params = fc.tuple(point, point, point);

const near = (a: number, b: number, error: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= error || (Number.isNaN(a) && Number.isNaN(b));

describe("random expressions", () => {
  it("have the same value compiled, in closures and in mathjs", () => {
    let compared = 0;
    fc.assert(
      fc.property(expression, points, params, (source, xt, p) => {
        const x = [xt.map(([x]) => x), xt.map(([, t]) => t)];
        const emitted = runEmitted(source, NAMES, x, p);
        const closures = runClosures(source, NAMES, x, p);
        const compiled: EvalFunction = math.compile(source);
        expect(emitted.intact).toBe(true);
        expect(emitted.valuesOnly).toEqual(emitted.values);
        expect(closures.valuesOnly).toEqual(closures.values);
        xt.forEach(([x, t], i) => {
          const scope = { x, t, a: p[0], b: p[1], c: p[2] };
          const { value, error } = valueWithError(source, scope);
          if (!(error < 1e-3 * Math.abs(value) + 1e-9)) return;
          compared++;
          const theirs = Number(compiled.evaluate({ ...scope }));
          for (const [who, v] of Object.entries({
            emitted: emitted.values[i]!,
            closures: closures.values[i]!,
            theirs,
          })) {
            if (!near(v, value, error))
              throw new Error(`${who}: ${v}, expected ${value} +- ${error} at ${JSON.stringify(scope)}`);
          }
        });
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });

  it("give the same bits compiled and in closures wherever exp is the compiled one", () => {
    // exp is written in line and is not Math.exp: expressions without it must agree in every bit.
    const plain = expression.filter((s) => !/exp|sigmoid|gaussian|sinh|cosh|erf/.test(s));
    fc.assert(
      fc.property(plain, points, params, (source, xt, p) => {
        const x = [xt.map(([x]) => x), xt.map(([, t]) => t)];
        const emitted = runEmitted(source, NAMES, x, p);
        const closures = runClosures(source, NAMES, x, p);
        expect(emitted.values).toEqual(closures.values);
        expect(emitted.jacobian).toEqual(closures.jacobian);
      }),
      { numRuns: RUNS },
    );
  });

  it("have the Jacobian that finite differences show", () => {
    let tight = 0;
    let all = 0;
    let undefined_ = 0;
    fc.assert(
      fc.property(expression, points, params, (source, xt, p) => {
        const x = [xt.map(([x]) => x), xt.map(([, t]) => t)];
        const { jacobian, values } = runEmitted(source, NAMES, x, p);
        const closures = runClosures(source, NAMES, x, p);
        const at = (k: number, h: number): number[] =>
          runClosures(
            source,
            NAMES,
            x,
            p.map((v, j) => (j === k ? v + h : v)),
          ).values;
        for (let k = 0; k < 3; k++) {
          const h = 1e-4;
          const [far, near, back, farBack] = [at(k, 2 * h), at(k, h), at(k, -h), at(k, -2 * h)];
          xt.forEach(([x, t], i) => {
            const { error, tame, peak } = valueWithError(source, { x, t, a: p[0], b: p[1], c: p[2] });
            if (!tame) return;
            const simple = (near[i]! - back[i]!) / (2 * h);
            const wide = (far[i]! - farBack[i]!) / (4 * h);
            const oneSided = (near[i]! - 2 * closures.values[i]! + back[i]!) / h; // large at kinks
            const exact = jacobian[3 * i + k]!;
            const rough = Math.abs(simple - wide) + Math.abs(oneSided) / 2 + error / h;
            if (!Number.isFinite(rough + simple) || !Number.isFinite(values[i]!)) return;
            all++;
            if (!(rough <= 1e-2 * Math.abs(simple) + 1e-4)) return; // a kink, a pole, or noise
            // d(a/b) is a/b * 1/b * db, d log(u) is du / u: where that passes 1e308 on its way the derivative is infinite, and never a
            // wrong number.
            if ((Math.abs(simple) > 1e150 || peak > 1e290) && !Number.isFinite(exact)) return;
            tight++;
            if (Number.isNaN(exact)) {
              undefined_++; // 0*Infinity inside a chain, such as cbrt(0^a)
              return;
            }
            const allowed = 2 * rough + 1e-6 * Math.abs(simple) + 1e-9;
            if (!(Math.abs(exact - simple) <= allowed)) {
              const shifted = [p[0], p[1], p[2]].map((v, j) => (j === k ? v + h : v)) as [
                number,
                number,
                number,
              ];
              if (!valueWithError(source, { x, t, a: shifted[0], b: shifted[1], c: shifted[2] }).tame) return; // (-1)^b beside b = 0
              throw new Error(`d/d${NAMES.params[k]} is ${exact}, differences say ${simple} +- ${allowed}`);
            }
            const other = closures.jacobian[3 * i + k]!;
            if (!(Math.abs(exact - other) <= allowed)) throw new Error(`closures say ${other}, not ${exact}`);
          });
        }
      }),
      { numRuns: RUNS },
    );
    expect(tight).toBeGreaterThan(0.6 * all);
    expect(undefined_).toBeLessThan(0.01 * tight);
  });

  it.runIf(hasRelaxed)("agree between the variants", () => {
    fc.assert(
      fc.property(expression, points, params, (source, xt, p) => {
        const x = [xt.map(([x]) => x), xt.map(([, t]) => t)];
        const relaxed = runEmitted(source, NAMES, x, p, true).values;
        xt.forEach(([x, t], i) => {
          const { value, error } = valueWithError(source, { x, t, a: p[0], b: p[1], c: p[2] });
          if (error < 1e-3 * Math.abs(value) + 1e-9) expect(near(relaxed[i]!, value, error)).toBe(true);
        });
      }),
      { numRuns: RUNS },
    );
  });
});
