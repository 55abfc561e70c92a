// An example as the body of a function: imports become constants, and statements that only name a value show it.

const IMPORT = /^import\s*(?:\{([^}]*)\}|\*\s*as\s+(\w+))\s*from\s*"([^"]+)";?/gm;
/** At the beginning of a line, one expression, and a semicolon: `fit.values; // { ... }`. */
const SHOWN =
  /^(?!(?:const|let|var|import|export|for|while|if|else|do|return|throw|await|function|class|switch|try)\b|console\.|[\s})\]/])([^\n]*?);[ \t]*(\/\/[^\n]*)?$/gm;

/** The modules that a program imports. */
export function importsOf(program: string): string[] {
  return [...program.matchAll(/^(?:import|export)[^"';]*?["']([^"']+)["']/gm)].map((found) => found[1]!);
}

export function rewrite(program: string): string {
  return program
    .replaceAll(IMPORT, (_, names: string | undefined, whole: string | undefined, from: string) => {
      const module = `__modules[${JSON.stringify(from)}]`;
      if (whole) return `const ${whole} = ${module};`;
      return `const {${names!.replaceAll(/\s+as\s+/g, ": ")}} = ${module};`;
    })
    .replaceAll(SHOWN, (line: string, expression: string, comment: string | undefined) => {
      // Assignments, several statements on a line, and calls that free something are left as they are.
      const plain = expression.replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '""');
      if (plain.includes(";") || /(?<![=!<>])=(?![=>])|\+\+|--|\.dispose\(/.test(plain)) return line;
      if (!balanced(plain)) return line;
      return `__show(${JSON.stringify(expression)}, (${expression}));${comment ? ` ${comment}` : ""}`;
    });
}

/** Every bracket of the line is closed on it: otherwise it is part of a longer statement. */
function balanced(text: string): boolean {
  let open = 0;
  for (const c of text) {
    if ("([{".includes(c)) open++;
    else if (")]}".includes(c) && --open < 0) return false;
  }
  return open === 0;
}
