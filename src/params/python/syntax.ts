import { parser } from "@lezer/python";

/** A node of Python's syntax tree. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** The syntax tree of a module; what is no Python stands in it as error nodes. */
export function parseModule(text: string): SyntaxNode {
  return parser.parse(text).topNode;
}
