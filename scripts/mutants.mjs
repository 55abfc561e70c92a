// Changes of the sources for scripts/mutate.mjs: finds them, and plants those of src/ in a copy so that a global function says at
// run time which of them is alive: `a < b` becomes `(globalThis.mutant?.(17) ? (a <= b) : (a < b))`.
// One copy, one set of compiled modules and one run that records who reaches what then serve all of them.

import { readFileSync } from "node:fs";
import ts from "typescript";

const swaps = new Map([
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
  [ts.SyntaxKind.SlashToken, "*"],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsToken, "!="],
  [ts.SyntaxKind.ExclamationEqualsToken, "=="],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.PlusEqualsToken, "-="],
  [ts.SyntaxKind.MinusEqualsToken, "+="],
]);

/** A number near the one written: 3 -> 4, 1e-8 -> 1e-7. */
function other(literal) {
  const value = Number(literal.replaceAll("_", ""));
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value + 1);
  const text = /e|\./i.test(literal) ? `${value * 10}` : String(value * 2);
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/** The change of one node, if it is worth trying: the expression that it replaces and how the two texts are made. */
function changeAt(at) {
  if (ts.isNumericLiteral(at)) {
    // A name of a property is no number.
    if (at.parent.name === at) return undefined;
    return { at, what: `${at.text} -> ${other(at.text)}`, make: () => other(at.text) };
  }
  if (ts.isBinaryExpression(at) && swaps.has(at.operatorToken.kind)) {
    const words = [at.left, at.right].some(
      (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
    );
    if (words) return undefined;
    const swapped = swaps.get(at.operatorToken.kind);
    return {
      at,
      what: `${at.operatorToken.getText()} -> ${swapped}`,
      make: (text) => `${text(at.left)} ${swapped} ${text(at.right)}`,
    };
  }
  if (
    ts.isPrefixUnaryExpression(at) &&
    at.operator === ts.SyntaxKind.MinusToken &&
    !ts.isNumericLiteral(at.operand)
  )
    return {
      at,
      what: `-${at.operand.getText()} -> ${at.operand.getText()}`,
      make: (text) => `+${text(at.operand)}`,
    };
  if (ts.isIfStatement(at))
    return { at: at.expression, what: "guard turned", make: (text) => `!(${text(at.expression)})` };
  return undefined;
}

/** Whether the code at a node runs once, when its module is loaded. */
function isStatic(at) {
  for (let up = at.parent; up; up = up.parent)
    if (ts.isFunctionLike(up) || ts.isPropertyDeclaration(up)) return false;
  return true;
}

const treeOf = (path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);

/** Every change of a file that is worth trying: { path, from, to, what, text, still }; `still`: it acts when its module is loaded. */
export function changesOf(path) {
  const found = [];
  const visit = (at) => {
    if (ts.isTypeNode(at) || ts.isImportDeclaration(at) || ts.isDecorator(at)) return;
    // What is thrown is words, and the words of options are not numbers.
    if (ts.isThrowStatement(at)) return;
    const change = changeAt(at);
    if (change) {
      found.push({
        path,
        from: change.at.getStart(),
        to: change.at.getEnd(),
        what: change.what,
        text: change.make((node) => node.getText()),
        still: isStatic(change.at),
      });
    }
    ts.forEachChild(at, visit);
  };
  visit(treeOf(path));
  return found;
}

/** The source of a file with some of its changes planted; `changes` carry their `id`. */
export function plant(path, changes) {
  const source = readFileSync(path, "utf8");
  const planted = new Map(changes.map((change) => [`${change.from}:${change.to}:${change.what}`, change.id]));
  const text = (node) => {
    const inner = plain(node);
    let outer = inner;
    for (const owner of [node, node.parent]) {
      if (!owner || (owner !== node && !(ts.isIfStatement(owner) && owner.expression === node))) continue;
      const change = changeAt(owner);
      if (!change || change.at !== node) continue;
      const id = planted.get(`${node.getStart()}:${node.getEnd()}:${change.what}`);
      // A guard stands around what its own expression has planted.
      if (id !== undefined)
        outer = `(globalThis.mutant?.(${id}) ? (${change.make((part) => (part === node ? outer : text(part)))}) : (${outer}))`;
    }
    return outer;
  };
  /** The node with its children planted. */
  const plain = (node) => {
    let out = "";
    let at = node.getStart();
    const visit = (child) => {
      if (ts.isTypeNode(child) || ts.isImportDeclaration(child)) return;
      out += source.slice(at, child.getStart()) + text(child);
      at = child.getEnd();
    };
    ts.forEachChild(node, visit);
    return out + source.slice(at, node.getEnd());
  };
  const tree = treeOf(path);
  return source.slice(0, tree.getStart()) + text(tree) + source.slice(tree.getEnd());
}
