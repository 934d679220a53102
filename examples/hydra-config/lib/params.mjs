// Reads params.yaml. Only what a composed file without lists needs of YAML: nested mappings, two blanks a level.
import { readFileSync, writeSync } from "node:fs";

/** Stops the stage with one clear line: a wrong parameter is no crash. */
export function refuse(message) {
  writeSync(2, `error: ${message}\n`);
  process.exit(1);
}

/** The parameters as nested objects; what reads as a number is one. */
export function readParams() {
  const root = {};
  const open = [root];
  for (const line of readFileSync("params.yaml", "utf8").split("\n")) {
    const [, indent = "", key, text = ""] = /^( *)([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const depth = indent.length / 2;
    const value = text === "" ? {} : scalarOf(text);
    open[depth][key] = value;
    open[depth + 1] = value;
  }
  return root;
}

function scalarOf(text) {
  const plain = text.replace(/^(['"])(.*)\1$/, "$2");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}
