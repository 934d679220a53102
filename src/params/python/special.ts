/** Literals of Python that no other format has: bytes and complex numbers. They are shown as Python shows them. */
import { floatRepr } from "../../base/python.ts";
import { simpleEscapes } from "./escapes.ts";
import type { SyntaxNode } from "./syntax.ts";

/** repr() of the bytes or the complex number that a text is; undefined for anything else. */
export function specialText(text: string, node: SyntaxNode): string | undefined {
  if (node.name === "String") return bytesText(text);
  return ["Number", "UnaryExpression", "BinaryExpression"].includes(node.name) ? complexText(text) : undefined;
}

const bytesShape = /^(b|br|rb)("""|'''|"|')([\s\S]*)\2$/i;
const escapes = /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g;

function bytesText(text: string): string | undefined {
  const [, prefix = "", , written] = bytesShape.exec(text) ?? [];
  if (written === undefined) return undefined;
  const body = written.replace(/\r\n?/g, "\n");
  const bytes = /r/i.test(prefix)
    ? body
    : body.replace(escapes, (all, hex?: string, octal?: string, other?: string) => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
        return simpleEscapes[other ?? ""] ?? all;
      });
  const quote = bytes.includes("'") && !bytes.includes('"') ? '"' : "'";
  const shown = bytes.replace(/[^\x20-\x7e]|[\\'"]/g, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\r") return "\\r";
    if (char === "\t") return "\\t";
    if (char === "\\" || char === quote) return `\\${char}`;
    if (char === "'" || char === '"') return char;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `b${quote}${shown}${quote}`;
}

const amount = String.raw`(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?`;
const complexShape = new RegExp(`^(?:([-+]?\\s*${amount})\\s*([-+])\\s*|([-+]?)\\s*)(${amount})[jJ]$`);

function complexText(text: string): string | undefined {
  const match = complexShape.exec(text);
  if (match === null) return undefined;
  const [, real, between, sign, imaginary = ""] = match;
  const number = (digits: string): string => floatRepr(Number(digits.replace(/[_\s]/g, ""))).replace(/\.0$/, "");
  if (real === undefined) return sign === "-" ? `(-0-${number(imaginary)}j)` : `${number(imaginary)}j`;
  return `(${number(real)}${between}${number(imaginary)}j)`;
}
