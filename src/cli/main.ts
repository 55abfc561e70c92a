// The command line: options and help by commander, errors as one message with what to do. Exit codes: 0 converged, 1 not converged,
// 2 bad input.

import { Command, CommanderError } from "commander";
import { DownhillError } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { doctorCommand, fitCommand, guessCommand, modelsCommand, verifyCommand } from "./commands.js";
import { compareCommand } from "./compare-command.js";
import { type MinimizeCommandOptions, minimizeCommand } from "./minimize-command.js";
import type { FitCommandOptions, World } from "./prepare.js";

export type { World } from "./prepare.js";

const BAD_INPUT = 2;

/** Columns of a terminal that does not say how many it has, and what a report and a picture are made for at least and at most. */
const COLUMNS = 80;
const FEWEST = 20;
const MOST = 10_000;

/** Options that people type in place of ours. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^--(p0|init|initial|params?|guess|starts)$/, "starts: --start a=1,b=0.1"],
  [/^--(bounds|min|max|lower|upper)$/, "bounds: --bound b=0:,c=-1:1"],
  [/^--(yerr|weights?|errors?|err)$/, "the column of standard deviations: --sigma err"],
  [
    /^--(out|output|svg|png|save)$/,
    "a picture: --plot fit.svg; a page: --html fit.html; data: --json > fit.json",
  ],
  [/^--(model|function|expr)$/, 'the model comes second: downhill fit data.csv "a*x + b"'],
  [/^--(file|data|input)$/, 'the file comes first: downhill fit data.csv "a*x + b"'],
];

/** Options with a long name, of one command. */
const longOf = (command: Command): string[] => command.options.flatMap(({ long }) => (long ? [long] : []));

/** What to type in place of an option that the command does not have. */
function optionMeant(option: string, command: Command, root: Command): string {
  if (/^-[^-]/.test(option))
    return "an expression that begins with - stands in parentheses; options have two dashes";
  const own = longOf(command);
  const others = root.commands.filter((other) => other !== command && longOf(other).includes(option));
  if (others.length > 0) {
    const names = others.map((other) => other.name());
    return command === root
      ? `options stand behind the command: downhill ${names[0]} ... ${option}`
      : `it is an option of ${names.join(", ").replace(/, (?=\w+$)/, " and ")}`;
  }
  const elsewhere = ELSEWHERE.find(([pattern, words]) => {
    const ours = /--\w+(?= )/.exec(words)?.[0];
    return pattern.test(option) && (ours === undefined || own.includes(ours));
  });
  if (elsewhere) return elsewhere[1];
  const near = nearest(
    option.slice(2),
    own.map((name) => name.slice(2)),
  );
  return near
    ? `did you mean --${near}?`
    : `downhill ${command === root ? "" : `${command.name()} `}--help lists the options`;
}

/** What to do about what commander complains of. */
function hintOf(message: string, args: readonly string[], root: Command): string {
  const typed = /'([^'=]*)/.exec(message)?.[1] ?? "";
  const called = root.commands.find((known) => args.includes(known.name()));
  const at = args.findIndex((word) => word.split("=")[0] === typed);
  const isEarly = called !== undefined && /^-/.test(typed) && at >= 0 && at < args.indexOf(called.name());
  const command = called === undefined || isEarly ? root : called;
  if (message.startsWith("unknown option")) return optionMeant(typed, command, root);
  if (message.startsWith("unknown command")) {
    const near = nearest(
      typed,
      root.commands.map((known) => known.name()),
    );
    if (near) return `did you mean ${near}?`;
    return /[./*^()=+\s]/.test(typed)
      ? 'the command comes first: downhill fit data.csv "a*x + b"'
      : "downhill --help lists the commands";
  }
  const words = command.registeredArguments.map((argument) => ` <${argument.name()}>`);
  const name = command === root ? "downhill" : `downhill ${command.name()}`;
  const usage = `write ${name}${words.join("")}`;
  if (message.startsWith("missing required"))
    return args.some((word, i) => word === "--plot" && i + 1 < args.length)
      ? `${usage}; --plot takes the word behind it as its file: put it last`
      : usage;
  if (message.startsWith("too many") && words.length > 0)
    return `${usage}; what holds blanks stands in quotes, and several values of an option are parted by commas: --start a=1,b=0.1`;
  return message.startsWith("option") ? `${name} --help shows what it takes` : usage;
}

/** An option that is given twice adds to itself. */
const joined = (value: string, before: string | undefined): string =>
  before === undefined ? value : `${before},${value}`;

const withData = (command: Command): Command =>
  command
    .option(
      "--x <column>",
      "the column of x, by name or number; default: columns that the model names, else x or the first that is left",
    )
    .option("--y <column>", "the column of y; default: y, else the next that is left")
    .option("--sigma <column>", "the column of the standard deviations of y")
    .option("--absolute-sigma", "sigma is known, not just relative")
    .option(
      "--decimal <mark>",
      "comma or point, where the table leaves that open; then the other parts thousands",
    )
    .option("--start <values>", "starts, such as a=1,b=0.1; default: found from the data", joined)
    .option("--bound <ranges>", "bounds, such as b=0:,c=-1:1", joined)
    .option("--fix <values>", "parameters that are held, such as c=0", joined)
    .option("--group <column>", "fit the sets that this column tells apart in one fit")
    .option("--shared <names>", "parameters with one value for all sets", joined)
    .option("--range <low:high>", "only rows with x inside")
    .option("--loss <name>", "linear, softL1, huber, cauchy, arctan or tukey")
    .option("--loss-scale <number>", 'beyond which a residual is an outlier; default "mad": from the data')
    .option("--level <number>", "of confidence intervals; default 0.95")
    .option("--json", "print the result as JSON");

function program(world: World, done: (code: number) => void): Command {
  const root = new Command("downhill")
    .description(
      "Fits models to tables, and minimises functions.\nExit codes: 0 converged, 1 not converged, 2 bad input.",
    )
    .version(world.version, "-V, --version")
    .addHelpText("after", '\nExample:\n  downhill fit data.csv "a*exp(-b*x) + c"');
  const example = (command: Command, text: string) => command.addHelpText("after", `\nExample:\n  ${text}`);
  example(
    withData(
      root
        .command("fit <file> <model>")
        .description("fit a model, a text or the name of one, to a table (- reads the input)"),
    )
      .option("--plot [file]", "draw it in the terminal, or as SVG into a file")
      .option("--html <file>", "write a page with the report and the pictures")
      .option("--code <language>", "print the same fit as a program: js, python or r")
      .action((file: string, model: string, o: FitCommandOptions) => done(fitCommand(world, file, model, o))),
    'downhill fit data.csv "a*exp(-b*x) + c" --x time --y signal --plot',
  );
  example(
    withData(
      root.command("guess <file> <model>").description("print the starts that are found from the data"),
    ).action((file: string, model: string, o: FitCommandOptions) =>
      done(guessCommand(world, file, model, o)),
    ),
    "downhill guess data.csv gaussian",
  );
  example(
    withData(root.command("compare <file>").description("rank models by AICc"))
      .option("--models <names>", "names, or auto: every named model of x", "auto")
      .action((file: string, o: FitCommandOptions & { models?: string }) =>
        done(compareCommand(world, file, o)),
      ),
    "downhill compare data.csv --models linear,exponential,michaelisMenten",
  );
  example(
    root
      .command("models")
      .description("list the models that have names")
      .action(() => done(modelsCommand(world))),
    "downhill models",
  );
  example(
    root
      .command("minimize <expression>")
      .description("minimise an expression")
      .option("--start <values>", "where to begin, such as x=-1.2,y=1", joined)
      .option("--bound <ranges>", "bounds, such as x=0:,y=-1:1", joined)
      .option("--json", "print the result as JSON")
      .action((text: string, o: MinimizeCommandOptions) => done(minimizeCommand(world, text, o))),
    'downhill minimize "(1-x)^2 + 100*(y-x^2)^2" --start x=-1.2,y=1',
  );
  example(
    root
      .command("verify <report>")
      .description("recompute what a report of fit --json claims")
      .action((file: string) => done(verifyCommand(world, file))),
    "downhill fit data.csv linear --json > report.json; downhill verify report.json",
  );
  example(
    root
      .command("doctor")
      .description("what this machine runs, and how fast")
      .action(() => done(doctorCommand(world))),
    "downhill doctor",
  );
  // Before subcommands' own: every one throws instead of ending the process, and writes where the world wants it.
  for (const command of [root, ...root.commands])
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({
        writeOut: (text) => world.out(text.trimEnd()),
        writeErr: () => undefined,
        getOutHelpWidth: () => world.columns,
      });
  return root;
}

/** An expression may begin with a minus: behind a blank it is no option. */
const guarded = (word: string): string => (/^-(?!-).*[-+*/^()\d\s]/.test(word) ? ` ${word}` : word);

/** What the system or the reader of a file says of one that cannot be read. */
const isOfFiles = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  syscall !== undefined || /^ERR_(FS|STRING)/.test(code ?? "");

function complaint(error: unknown, args: readonly string[], root: Command): string {
  if (error instanceof DownhillError) return error.message;
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, "");
    return `${message} (${hintOf(message, args, root)})`;
  }
  if (!isOfFiles(error as NodeJS.ErrnoException)) throw error;
  // What is no file may be the model.
  const hint = /[*^()=+]/.test(args[1] ?? "")
    ? 'the file comes first: downhill fit data.csv "a*x + b"'
    : "check the name of the file; - reads the input";
  return `${(error as Error).message} (${hint})`;
}

/** Runs one command; `args` without the interpreter and the script. */
export function main(args: readonly string[], outside: World): number {
  let code = 0;
  // Of its own, so that what it does with `this` stays.
  const world: World = Object.create(outside, {
    columns: { value: Math.min(MOST, Math.max(FEWEST, outside.columns || COLUMNS)) },
  });
  const root = program(world, (answer) => {
    code = answer;
  });
  try {
    const [first, second] = args;
    if (first === "help" && second !== undefined && !root.commands.some((known) => known.name() === second))
      root.error(`unknown command '${second}'`);
    root.parse(args.length === 0 ? ["--help"] : args.map(guarded), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    world.err(`downhill: ${complaint(error, args, root)}`);
    return BAD_INPUT;
  }
}
