// The parsed expression: an array of nodes in postorder.

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "^"
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  | "&&"
  | "||";

/** Numbers in `a`, `b`, `c`, `args` are places in `Tree.nodes`. */
export type Syntax =
  | { readonly kind: "number"; readonly value: number; readonly text: string }
  | { readonly kind: "variable" | "param"; readonly name: string; readonly index: number }
  | { readonly kind: "constant"; readonly name: string; readonly value: number }
  | { readonly kind: "negate"; readonly a: number }
  | { readonly kind: "binary"; readonly op: BinaryOperator; readonly a: number; readonly b: number }
  | { readonly kind: "choose"; readonly a: number; readonly b: number; readonly c: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly number[] };

export interface Tree {
  readonly source: string;
  readonly variables: readonly string[];
  readonly params: readonly string[];
  /** The root is the last. */
  readonly nodes: readonly Syntax[];
}

export interface Names {
  readonly variables: readonly string[];
  readonly params: readonly string[];
}
