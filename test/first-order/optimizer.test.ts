// What an optimizer promises beyond its rule: closures, refusal of bad input, groups, clipping, snapshots, memory.
import { describe, expect, test } from "vitest";
import {
  adadelta,
  adam,
  amsgrad,
  asgd,
  type Closure,
  loadSync,
  nadam,
  optimizer,
  type Rule,
  radam,
  rmsprop,
  rprop,
  schedules,
  sgd,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { seal } from "../../src/runtime/saved.js";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
/** A closure that fills the gradient with ones and returns this loss. */
const ones =
  (loss: number): Closure =>
  (_x, g) => {
    g.fill(1);
    return loss;
  };
const using = <R>(opt: ReturnType<typeof optimizer>, run: (o: typeof opt) => R): R => {
  try {
    return run(opt);
  } finally {
    opt.dispose();
  }
};

describe("steps and closures", () => {
  test("params and grads are the same live views for the whole life", () => {
    using(optimizer([1, 2], sgd({ lr: 0.5 })), (opt) => {
      const { params, grads } = opt;
      grads.set([2, -2]);
      opt.step();
      expect([...params]).toEqual([0, 3]);
      expect(opt.params).toBe(params);
      expect(opt.grads).toBe(grads);
      expect([...grads]).toEqual([2, -2]);
    });
  });

  test("a closure gets the gradient zeroed, and its loss comes back", () => {
    using(optimizer([1], sgd({ lr: 0.5 })), (opt) => {
      opt.grads[0] = 7;
      const loss = opt.step((x, g) => {
        expect(g[0]).toBe(0);
        g[0] = 2;
        return x[0] as number;
      });
      expect(loss).toBe(1);
      expect(opt.params[0]).toBe(0);
      expect(opt.steps).toBe(1);
    });
  });

  test("a loss that is NaN or infinite takes no step, and is counted", () => {
    using(optimizer([1, 2], adam()), (opt) => {
      for (const loss of [NaN, Infinity, -Infinity]) {
        expect(
          opt.step((_x, g) => {
            g.fill(1);
            return loss;
          }),
        ).toBe(loss);
      }
      expect([...opt.params]).toEqual([1, 2]);
      expect([opt.steps, opt.skipped]).toEqual([0, 3]);
    });
  });

  test.each([undefined, "1", Promise.resolve(1), 1n, null])(
    "a closure that returns %s is an error",
    (result) => {
      using(optimizer([1, 2], adam()), (opt) => {
        expect(() => opt.step(() => result as never)).toThrow(code("CALLBACK_RESULT"));
        expect([...opt.params]).toEqual([1, 2]);
        expect(opt.steps).toBe(0);
      });
    },
  );

  test("an error thrown by the closure comes out as it is, and the optimizer goes on", () => {
    using(optimizer([1], sgd({ lr: 1, momentum: 0.9, nesterov: "lookahead" })), (opt) => {
      const error = new Error("mine");
      opt.step(ones(0));
      const before = opt.params[0];
      expect(() =>
        opt.step(() => {
          throw error;
        }),
      ).toThrow(error);
      expect(opt.params[0]).toBe(before);
      expect(opt.step(() => 3)).toBe(3);
    });
  });

  test("the optimizer inside its own closure is REENTRANT, others are not", () => {
    using(optimizer([1], sgd({ lr: 1 })), (opt) => {
      const uses: (() => void)[] = [
        () => opt.step(),
        () => void opt.step(() => 1),
        () => opt.zeroGrad(),
        () => opt.configure({ lr: 2 }),
        () => opt.reset(),
        () => void opt.state(),
        () => opt.dispose(),
      ];
      for (const use of uses) {
        opt.step((_x, g) => {
          expect(use).toThrow(code("REENTRANT"));
          using(optimizer([1], adam()), (other) => other.step());
          g[0] = 0;
          return 1;
        });
      }
      expect([opt.params[0], opt.lr, opt.steps]).toEqual([1, 1, uses.length]);
    });
  });

  test("lookahead is Nesterov's method: the gradient is taken at params + momentum velocity", () => {
    const [lr, mu] = [0.1, 0.9];
    using(optimizer([1, -2], sgd({ lr, momentum: mu, nesterov: "lookahead", weightDecay: 0.01 })), (opt) => {
      let x = [1, -2];
      let v = [0, 0];
      for (let t = 0; t < 20; t++) {
        const seen: number[] = [];
        opt.step((y, g) => {
          seen.push(...y);
          for (let i = 0; i < 2; i++) g[i] = (i + 1) * (y[i] as number);
          return 1;
        });
        const y = x.map((xi, i) => xi + mu * (v[i] as number));
        v = v.map((vi, i) => mu * vi - lr * ((i + 1) * (y[i] as number) + 0.01 * (y[i] as number)));
        x = x.map((xi, i) => xi + (v[i] as number));
        for (let i = 0; i < 2; i++) {
          expect(seen[i]).toBeCloseTo(y[i] as number, 14);
          expect(opt.params[i]).toBeCloseTo(x[i] as number, 14);
        }
      }
      // A refused step goes back to the parameters, bit for bit.
      const before = [...opt.params];
      opt.step(ones(NaN));
      expect([...opt.params]).toEqual(before);
      expect(() => opt.step()).toThrow(code("OPTION"));
    });
  });
});

describe("bad input", () => {
  test.each<[string, () => unknown]>([
    ["a negative lr", () => adam({ lr: -1 })],
    ["lr NaN", () => adam({ lr: NaN })],
    ["lr Infinity", () => sgd({ lr: Infinity })],
    ["lr as text", () => sgd({ lr: "1" as never })],
    ["beta1 of 1", () => adam({ beta1: 1 })],
    ["a negative beta2", () => adam({ beta2: -0.1 })],
    ["alpha of 1", () => rmsprop({ alpha: 1 })],
    ["rho above 1", () => adadelta({ rho: 1.5 })],
    ["negative eps", () => adam({ eps: -1e-8 })],
    ["negative weightDecay", () => sgd({ weightDecay: -1 })],
    ["momentum above 1", () => sgd({ momentum: 1.1 })],
    ["nesterov without momentum", () => sgd({ nesterov: true })],
    ["nesterov with dampening", () => sgd({ momentum: 0.9, dampening: 0.1, nesterov: true })],
    ["a misspelt option", () => adam({ learningRate: 1 } as never)],
    ["amsgrad without amsgrad", () => amsgrad({ amsgrad: false })],
    ["etaMinus above 1", () => rprop({ etaMinus: 1.1 })],
    ["stepMin above stepMax", () => rprop({ stepMin: 1, stepMax: 0.1 })],
    ["the factory instead of a rule", () => optimizer([1], adam as never)],
    ["clipNorm of 0", () => optimizer([1], adam(), { clipNorm: 0 })],
    ["clipValue NaN", () => optimizer([1], adam(), { clipValue: NaN })],
    ["maximize as number", () => optimizer([1], adam(), { maximize: 1 as never })],
    ["dtype f16", () => optimizer([1], adam(), { dtype: "f16" as never })],
    ["an unknown option", () => optimizer([1], adam(), { clip: 1 } as never)],
    [
      "groups that overlap",
      () =>
        optimizer(9, adam(), {
          groups: [
            { start: 4, end: 9 },
            { start: 0, end: 5 },
          ],
        }),
    ],
    ["a group beyond the end", () => optimizer(9, adam(), { groups: [{ start: 4, end: 10 }] })],
    ["an empty group", () => optimizer(9, adam(), { groups: [{ start: 4, end: 4 }] })],
    ["a group without end", () => optimizer(9, adam(), { groups: [{ start: 4 } as never] })],
    ["a bad option in a group", () => optimizer(9, adam(), { groups: [{ start: 0, end: 4, lr: -1 }] })],
    ["an unknown option in a group", () => optimizer(9, adam(), { groups: [{ start: 0, end: 4, lt: 1 }] })],
  ])("%s is an OPTION error", (_what, make) => {
    expect(make).toThrow(code("OPTION"));
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("messages quote the value and the range", () => {
    expect(() => adam({ beta1: 1.5 })).toThrow("adam: beta1 must be a finite number >= 0 and < 1, got 1.5");
    expect(() => adam({ bta1: 0.5 } as never)).toThrow('did you mean "beta1"');
  });

  test("parameters must be numbers, at least one, and finite", () => {
    expect(() => optimizer([], adam())).toThrow(code("SHAPE"));
    expect(() => optimizer(0, adam())).toThrow(code("SHAPE"));
    expect(() => optimizer(1.5, adam())).toThrow(code("SHAPE"));
    expect(() => optimizer("3" as never, adam())).toThrow(code("SHAPE"));
    expect(() => optimizer([1, NaN], adam())).toThrow(code("NON_FINITE_INPUT"));
    expect(() => optimizer([1e300], adam(), { dtype: "f32" })).toThrow(code("NON_FINITE_INPUT"));
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("a schedule that returns nonsense refuses the step", () => {
    for (const value of [-1, NaN, Infinity, "1"]) {
      let now: unknown = 0.1;
      using(optimizer([1], sgd({ lr: () => now as number })), (opt) => {
        opt.grads[0] = 1;
        now = value;
        expect(() => opt.step()).toThrow(code("CALLBACK_RESULT"));
        expect([opt.params[0], opt.steps]).toEqual([1, 0]);
      });
    }
  });

  test("lookahead needs the closure", () => {
    using(optimizer([1], sgd({ momentum: 0.9, nesterov: "lookahead" })), (opt) => {
      opt.grads[0] = 1;
      expect(() => opt.step()).toThrow(code("OPTION"));
      expect(opt.params[0]).toBe(1);
    });
  });
});

describe("gradients that are not finite", () => {
  test.each([NaN, Infinity, -Infinity])("%s is skipped and counted with skipNonFinite", (bad) => {
    for (const extra of [{}, { clipNorm: 1 }, { clipValue: 1 }, { clipNorm: 1, clipValue: 1 }]) {
      for (const dtype of ["f64", "f32"] as const) {
        for (const at of [0, 1, 18]) {
          using(optimizer(19, adam(), { skipNonFinite: true, dtype, ...extra }), (opt) => {
            opt.grads.fill(1);
            opt.grads[at] = bad;
            const state = opt.state();
            opt.step();
            expect([opt.steps, opt.skipped]).toEqual([0, 1]);
            expect({ ...opt.state(), skipped: 0, checksum: state.checksum }).toEqual(state);
            expect(Number.isFinite(opt.gradNorm)).toBe(false);
            opt.grads[at] = 1;
            opt.step();
            expect([opt.steps, opt.skipped]).toEqual([1, 1]);
            expect(opt.params.every(Number.isFinite)).toBe(true);
          });
        }
      }
    }
  });

  test("clipping by norm refuses them with NON_FINITE_INPUT and the index, and changes nothing", () => {
    using(optimizer([1, 2, 3], adam(), { clipNorm: 1 }), (opt) => {
      opt.grads.set([1, NaN, 1]);
      expect(() => opt.step()).toThrow(
        expect.objectContaining({ code: "NON_FINITE_INPUT", details: expect.objectContaining({ index: 1 }) }),
      );
      expect([...opt.params]).toEqual([1, 2, 3]);
      expect(opt.steps).toBe(0);
    });
  });

  test("otherwise a NaN goes into its own parameter alone, as in PyTorch, and gradNorm says so", () => {
    for (const rule of [sgd({ lr: 1 }), adam({ lr: 1 })]) {
      using(optimizer([1, 2, 3], rule, { clipValue: 9 }), (opt) => {
        opt.grads.set([1, NaN, 1]);
        opt.step();
        expect(Array.from(opt.params, Number.isNaN)).toEqual([false, true, false]);
        expect(opt.gradNorm).toBeNaN();
      });
    }
  });
});

describe("clipping", () => {
  test("clipNorm scales, gradNorm is the norm before, grads stay", () => {
    using(optimizer(2, sgd({ lr: 1 }), { clipNorm: 1 }), (opt) => {
      opt.grads.set([3, 4]);
      opt.step();
      expect(opt.gradNorm).toBe(5);
      expect([...opt.grads]).toEqual([3, 4]);
      expect(opt.params[0]).toBeCloseTo(-0.6, 6);
      opt.grads.set([0.1, 0]);
      const before = opt.params[0] as number;
      opt.step();
      expect(opt.params[0]).toBe(before - 0.1);
    });
  });

  test("clipValue comes first, then clipNorm, then maximize and weight decay", () => {
    const options = { clipValue: 1, clipNorm: 0.5, maximize: true };
    using(optimizer([10, 0], sgd({ lr: 1, weightDecay: 0.1 }), options), (opt) => {
      opt.grads.set([-8, 1]);
      opt.step();
      const factor = 0.5 / (Math.SQRT2 + 1e-6);
      expect(opt.params[0]).toBeCloseTo(10 - (factor + 1), 14);
      expect(opt.params[1]).toBeCloseTo(factor, 14);
      expect(opt.gradNorm).toBeCloseTo(Math.sqrt(65), 14);
    });
  });

  test("the norm neither overflows nor underflows", () => {
    for (const size of [1e200, 1e-200, 5e-324]) {
      using(optimizer(5, sgd({ lr: 1 })), (opt) => {
        opt.grads.fill(size);
        opt.step();
        expect(opt.gradNorm / size).toBeCloseTo(size === 5e-324 ? 2 : Math.sqrt(5), 12);
      });
    }
    using(optimizer(5, sgd({ lr: 1 }), { dtype: "f32" }), (opt) => {
      opt.grads.fill(3e38);
      opt.step();
      expect(opt.gradNorm / Math.fround(3e38)).toBeCloseTo(Math.sqrt(5), 12);
    });
  });
});

describe("groups, schedules and configure", () => {
  test("each group has its own options and leaves its neighbours alone", () => {
    const groups = [
      { start: 5, end: 8, lr: 0.1, weightDecay: 1 },
      { start: 1, end: 3, momentum: 0.9 },
    ];
    using(optimizer(new Array(10).fill(1), sgd({ lr: 1 }), { groups }), (opt) => {
      opt.grads.fill(1);
      opt.step();
      opt.step();
      const each = [-1, -1.9, -1.9, -1, -1, 0.62, 0.62, 0.62, -1, -1];
      each.forEach((want, i) => {
        expect(opt.params[i]).toBeCloseTo(want, 14);
      });
    });
  });

  test("lr and momentum take a number, a schedule, or an object with a live lr", () => {
    const live = { lr: 0.5 };
    using(optimizer(1, sgd({ lr: live })), (opt) => {
      opt.grads[0] = 1;
      opt.step();
      live.lr = 0.25;
      expect(opt.lr).toBe(0.25);
      opt.step();
      expect(opt.params[0]).toBe(-0.75);
    });
    const steps: number[] = [];
    using(
      optimizer(
        1,
        sgd({
          lr(t: number) {
            steps.push(t);
            return 1;
          },
          momentum: schedules.momentumWarming({ from: 0, to: 0.5, steps: 2 }),
        }),
      ),
      (opt) => {
        opt.grads[0] = 1;
        steps.length = 0;
        opt.step(); // b = 1
        opt.step(); // b = 1.25
        opt.step(); // b = 1.625
        expect(opt.params[0]).toBe(-3.875);
        expect(steps).toEqual([0, 1, 2]);
      },
    );
  });

  test("an option of a group that is undefined is the rule's, before and after configure", () => {
    const given = { lr: 0.5, momentum: 0.75, weightDecay: 0.125 };
    for (const name of [...Object.keys(given), "nesterov", "dampening"]) {
      const rule = sgd(given);
      using(optimizer([1, 1], rule, { groups: [{ start: 0, end: 1, [name]: undefined }] }), (opt) => {
        for (let k = 0; k < 3; k++) {
          opt.grads.fill(1);
          opt.step();
          if (k === 1) opt.configure({ lr: 0.25 });
        }
        // By hand: v = 0.75 v + (1 + x / 8), x -= lr v.
        let [x, v] = [1, 0];
        for (const lr of [0.5, 0.5, 0.25]) {
          v = 0.75 * v + 1 + x / 8;
          x -= lr * v;
        }
        expect([name, ...opt.params]).toEqual([name, x, x]);
      });
    }
    expect(() => optimizer(2, sgd(), { groups: [{ start: 0, end: 1, lt: undefined }] })).toThrow(/lt/);
  });

  test("configure changes options for all but the groups that set them, and checks them", () => {
    const groups = [{ start: 0, end: 1, lr: 1 }];
    using(optimizer(2, sgd({ lr: 2 }), { groups }), (opt) => {
      opt.configure({ lr: 3, clipValue: 0.5 });
      opt.grads.fill(1);
      opt.step();
      expect([...opt.params]).toEqual([-0.5, -1.5]);
      opt.configure({ lr: 10 }, 0);
      opt.configure({ clipValue: Infinity });
      opt.step();
      expect([...opt.params]).toEqual([-10.5, -4.5]);
      for (const patch of [{ lr: -1 }, { lrr: 1 }, { momentum: 0.9 }, { clipNorm: -1 }]) {
        expect(() => opt.configure(patch)).toThrow(code("OPTION"));
      }
      expect(() => opt.configure({ lr: 1 }, 1)).toThrow(code("OPTION"));
      expect(opt.lr).toBe(3);
    });
  });
});

describe("what configure changes later", () => {
  test.each(["step()", "step(closure)"])(
    "a dampening set after %s finds the buffer begun, as in PyTorch",
    (form) => {
      using(optimizer(1, sgd({ lr: 1, momentum: 0.9 })), (opt) => {
        const step = () => {
          opt.grads[0] = 1;
          if (form === "step()") opt.step();
          else opt.step(ones(1));
        };
        step();
        opt.configure({ dampening: 0.5 });
        step(); // b = 0.9 + 0.5
        expect(opt.params[0]).toBeCloseTo(-2.4, 14);
        opt.reset();
        opt.params[0] = 0;
        step(); // b = 1 again
        expect(opt.params[0]).toBe(-1);
      });
    },
  );

  test("steps without momentum do not begin the buffer", () => {
    const groups = [{ start: 0, end: 1, momentum: 0.5 }];
    using(optimizer(2, sgd({ lr: 1 }), { groups }), (opt) => {
      opt.grads.fill(1);
      opt.step();
      opt.configure({ momentum: 0.9, dampening: 0.5 });
      opt.step(); // b = g at the first step that has one
      expect(opt.params[1]).toBe(-2);
    });
  });

  test.each([-1, 0.5, NaN, null, "0"])("there is no group %s", (group) => {
    const groups = [{ start: 0, end: 1, lr: 1 }];
    using(optimizer(2, sgd({ lr: 2 }), { groups }), (opt) => {
      expect(() => opt.configure({ lr: 5 }, group as number)).toThrow(code("OPTION"));
      expect(opt.lr).toBe(2);
    });
  });

  test("the velocity of lookahead is not taken for the buffer of the other forms, nor the other way", () => {
    const [ahead, plain] = [
      sgd({ lr: 1, momentum: 0.9, nesterov: "lookahead" }),
      sgd({ lr: 1, momentum: 0.9, nesterov: true }),
    ];
    using(optimizer(1, ahead), (opt) => {
      opt.step(ones(1));
      expect(() => opt.configure({ nesterov: true })).toThrow(code("OPTION"));
      const saved = opt.state();
      using(optimizer(1, plain), (other) => {
        expect(() => other.restore(saved)).toThrow(code("SNAPSHOT"));
        expect(() => opt.restore(other.state())).toThrow(code("SNAPSHOT"));
      });
    });
  });
});

describe("schedules are callbacks", () => {
  test("what they do to their own optimizer is REENTRANT", () => {
    let use: (() => void) | null = null;
    const lr = () => {
      use?.();
      return 1;
    };
    using(optimizer([1], sgd({ lr, momentum: 0.5 })), (opt) => {
      const uses: (() => void)[] = [
        () => opt.step(),
        () => void opt.step(() => 1),
        () => opt.configure({ momentum: 0.1 }),
        () => opt.reset(),
        () => void opt.state(),
        () => opt.dispose(),
      ];
      for (const one of uses) {
        use = one;
        for (const step of [() => opt.step(), () => opt.step(ones(1)), () => opt.reset()]) {
          expect(step).toThrow(code("REENTRANT"));
        }
      }
      use = null;
      expect([opt.params[0], opt.steps]).toEqual([1, 0]);
      opt.step(ones(1));
      expect([opt.params[0], opt.steps]).toEqual([0, 1]);
    });
  });

  test("a momentum beyond 1 is refused from a schedule as it is from a number", () => {
    using(optimizer([1], sgd({ lr: 1, momentum: (t) => 0.5 + t })), (opt) => {
      opt.step();
      expect(() => opt.step()).toThrow("sgd: momentum at step 1 must be a number from 0 to 1, got 1.5");
      expect(opt.steps).toBe(1);
    });
  });
});

describe("snapshots", () => {
  const make = (rule: Rule, n = 4) => optimizer(n, rule, { groups: [{ start: 1, end: 2, lr: 0.5 }] });

  test("they carry what configure changed, schedules excepted", () => {
    using(make(adam()), (a) => {
      a.configure({ lr: 0.3, beta1: 0.5, clipNorm: 2, skipNonFinite: true });
      a.configure({ lr: 0.7 }, 0);
      a.configure({ clipNorm: Infinity });
      a.grads.fill(1);
      a.step();
      const saved = JSON.parse(JSON.stringify(a.state()));
      using(make(adam()), (b) => {
        b.restore(saved);
        for (const opt of [a, b]) {
          opt.grads.set([1, 2, 3, 4]);
          opt.step();
        }
        expect(b.params).toEqual(a.params);
        expect(b.state()).toEqual(a.state());
      });
      using(make(adam({ lr: () => 0.1 })), (c) => {
        c.configure({ lr: () => 0.2 });
        const { format, version, checksum: _, ...content } = saved;
        c.restore(seal(format, version, { ...content, configured: [{}, {}] }));
        expect(c.lr).toBe(0.2);
      });
    });
  });

  test("what the rule and a group were made with is not in them: a run goes on with other rates", () => {
    const at = (lr: number, own: number) =>
      optimizer(2, sgd({ lr }), { groups: [{ start: 0, end: 1, lr: own }] });
    using(at(1, 0.5), (a) => {
      expect(a.state().configured).toEqual([{}, {}]);
      using(at(2, 0.25), (b) => {
        b.restore(a.state());
        b.grads.fill(1);
        b.step();
        expect([...b.params]).toEqual([-0.25, -2]);
      });
      a.configure({ lr: 4 }, 0);
      using(at(2, 0.25), (b) => {
        b.restore(a.state());
        b.grads.fill(1);
        b.step();
        expect([...b.params]).toEqual([-4, -2]);
      });
    });
  });

  test("minus zero, NaN and infinities come back bit for bit", () => {
    using(optimizer(4, sgd()), (a) => {
      a.params.set([-0, NaN, Infinity, 5e-324]);
      using(optimizer(4, sgd()), (b) => {
        b.restore(JSON.parse(JSON.stringify(a.state())));
        expect([...b.params]).toEqual([-0, NaN, Infinity, 5e-324]);
      });
    });
  });

  test("a state of another rule, length, precision, version, grouping or layout is refused, and nothing changes", () => {
    using(make(adam()), (opt) => {
      opt.grads.fill(1);
      opt.step();
      const before = opt.state();
      const state = (other: ReturnType<typeof optimizer>) => using(other, (o) => o.state());
      const { format, version, checksum: _, ...content } = before;
      const changed = (patch: object) => seal(format, version, { ...content, ...patch });
      const wrong: unknown[] = [
        null,
        42,
        {},
        seal("x", 2, content),
        seal("downhill.optimizer", 1, content),
        { ...before, steps: 2 },
        changed({ rule: "adamw" }),
        changed({ steps: -1 }),
        changed({ steps: "1" }),
        changed({ vectors: { ...before.vectors, m: "AAAA" } }),
        changed({ vectors: { ...before.vectors, m: "*".repeat(44) } }),
        changed({ vectors: { params: before.vectors.params } }),
        changed({ counters: [{}, {}] }),
        changed({ counters: before.counters.map((each) => ({ ...each, beta1t: NaN })) }),
        changed({ configured: [{ lr: -1 }, {}] }),
        changed({ configured: [{}, null] }),
        changed({ configured: [null, {}] }),
        changed({ configured: [1, 2] }),
        changed({ configured: [{ lr: { lr: 1 } }, {}] }),
        changed({ configured: [{ amsgrad: true }, {}] }),
        changed({ configured: [{ clipNorm: "2" }, {}] }),
        state(make(nadam())),
        state(make(adam(), 5)),
        state(make(adam({ amsgrad: true }))),
        state(optimizer(4, adam())),
        state(optimizer(4, adam(), { dtype: "f32" })),
      ];
      for (const one of wrong) expect(() => opt.restore(one as never)).toThrow(code("SNAPSHOT"));
      expect(opt.state()).toEqual(before);
    });
  });
});

describe("memory", () => {
  test("after dispose everything is DISPOSED, a second dispose does nothing", () => {
    const opt = optimizer([1], adam());
    opt.dispose();
    opt.dispose();
    const uses: (() => unknown)[] = [
      () => opt.params,
      () => opt.grads,
      () => opt.step(),
      () => opt.step(() => 1),
      () => opt.lr,
      () => opt.gradNorm,
      () => opt.zeroGrad(),
      () => opt.configure({}),
      () => opt.reset(),
      () => opt.state(),
      () => opt.vector("m"),
    ];
    for (const use of uses) expect(use).toThrow(code("DISPOSED"));
  });

  test("a given runtime is used, and its end ends the optimizer", () => {
    const runtime = loadSync({ memoryBytes: 65536 });
    const opt = optimizer(100, adam(), { runtime });
    expect(runtime.memory.used).toBeGreaterThanOrEqual(3200);
    expect(() => optimizer(10_000, adam(), { runtime })).toThrow(code("OUT_OF_MEMORY"));
    runtime.dispose();
    expect(() => opt.step()).toThrow(code("DISPOSED"));
    opt.dispose();
  });

  test("ten million f32 parameters get a memory of their own, and it goes back", () => {
    // 160 MB each: without giving them back, twenty-five would take 4 GB.
    for (let round = 0; round < 25; round++) {
      const opt = optimizer(1e7, adam({ lr: 0.1 }), { dtype: "f32" });
      expect(opt.params.buffer.byteLength).toBeGreaterThanOrEqual(160e6);
      expect(opt.params.buffer.byteLength).toBeLessThan(161e6);
      if (round === 0) {
        opt.grads[9_999_999] = 1;
        opt.step();
        expect(opt.params[9_999_999]).toBeCloseTo(-0.1, 6);
        expect(opt.params[0]).toBe(0);
      }
      opt.dispose();
      expect(() => opt.params).toThrow(code("DISPOSED"));
    }
    expect(defaultRuntime().memory.used).toBe(0);
  }, 300_000);

  test("a workspace that another layout left behind is not taken for this one", () => {
    for (const rule of [
      rmsprop({ centered: true }),
      rmsprop({ momentum: 0.9 }),
      rmsprop({ centered: true }),
    ]) {
      using(optimizer(2, rule), (opt) => {
        opt.grads.fill(1);
        opt.step();
        expect(opt.params.every((p) => p < 0 && p > -1)).toBe(true);
      });
    }
  });
});

describe("defects of TensorFlow.js 4.22 that are none here", () => {
  test("centered RMSProp does not turn a zero gradient into NaN", () => {
    for (const dtype of ["f64", "f32"] as const) {
      using(optimizer([1, 2], rmsprop({ centered: true }), { dtype }), (opt) => {
        for (let t = 0; t < 50; t++) opt.step();
        expect([...opt.params]).toEqual([1, 2]);
      });
      // A constant gradient makes the variance 0 up to rounding, which may be negative.
      using(optimizer([1, 2, 3], rmsprop({ centered: true, lr: 1e-12, alpha: 0.5 }), { dtype }), (opt) => {
        for (let t = 0; t < 500; t++) {
          opt.grads.set([0.1, 1 / 3, 1e5]);
          opt.step();
        }
        expect(opt.params.every(Number.isFinite)).toBe(true);
      });
    }
  });

  test("Adadelta divides by the accumulator of this step: the first step is 0.00447, not 10", () => {
    using(optimizer(1, adadelta({ lr: 1, rho: 0.95, eps: 1e-6 })), (opt) => {
      opt.grads[0] = 10;
      opt.step();
      expect(opt.params[0]).toBeCloseTo(-0.0044721, 7);
    });
  });

  test("nothing is left behind by dispose, with momentum either", () => {
    for (let i = 0; i < 20; i++) optimizer(10, sgd({ momentum: 0.9 })).dispose();
    expect(defaultRuntime().memory.used).toBe(0);
    expect(defaultRuntime().memory.handles()).toEqual([]);
  });
});

test("asgd shows its average", () => {
  using(optimizer([1, 1], asgd({ lr: 0.1, t0: 0, lambda: 0 })), (opt) => {
    const seen: number[] = [];
    for (let t = 0; t < 4; t++) {
      opt.grads.fill(1);
      opt.step();
      seen.push(opt.params[0] as number);
    }
    // mu is 1 at the first two steps, then 1/2, 1/3: the mean of the iterates from the second on.
    const mean = ((seen[1] as number) + (seen[2] as number) + (seen[3] as number)) / 3;
    expect(opt.vector("average")[0]).toBeCloseTo(mean, 14);
    expect(() => opt.vector("mean")).toThrow(code("OPTION"));
  });
});

test("a square of a gradient beyond all numbers leaves parameters finite, in the first steps of radam too", () => {
  for (const [dtype, huge] of [
    ["f32", 5e19],
    ["f64", 1e200],
  ] as const)
    for (const rule of [radam({ lr: 0.1 }), adam({ lr: 0.1 })])
      for (let at = 0; at < 8; at++)
        using(optimizer([1, 1], rule, { dtype }), (opt) => {
          for (let k = 0; k < 10; k++) {
            opt.grads.set([k === at ? huge : 1, 1]);
            opt.step();
          }
          expect([dtype, rule.name, at, ...Array.from(opt.params, Number.isFinite)]).toEqual([
            dtype,
            rule.name,
            at,
            true,
            true,
          ]);
        });
  // Of smaller ones the first steps are plain momentum still, to the bit: m / (1 - 0.9^t).
  using(optimizer([0], radam({ lr: 1 })), (opt) => {
    opt.grads[0] = 1e9;
    opt.step();
    expect(opt.params[0]).toBeCloseTo(-1e9, 5);
  });
});
