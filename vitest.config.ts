import { defineConfig } from "vitest/config";

/** Files that change what their neighbours would see: globals of the engine, or the default runtime. */
const alone = [
  "test/runtime/**/*.test.ts",
  "test/workers/**/*.test.ts",
  "test/driver/{chunk,run}.test.ts",
  "test/expressions/{api,three-ways}.test.ts",
  "test/first-order/{optimizer,rules,schedules}.test.ts",
  "test/least-squares/{callbacks,errors}.test.ts",
  "test/models/random.test.ts",
  "test/nn/{fit,network,training}.test.ts",
  "test/sampling/pool.test.ts",
];

export default defineConfig({
  test: {
    maxWorkers: "100%",
    testTimeout: 60_000,
    setupFiles: ["test/setup.ts"],
    projects: [
      // The modules are loaded once for all files of a worker, which halves the time.
      {
        extends: true,
        test: { name: "together", include: ["test/**/*.test.ts"], exclude: alone, isolate: false },
      },
      { extends: true, test: { name: "alone", include: alone } },
    ],
  },
});
