// Reads one group of params.yaml. Only what this example needs of YAML: groups of `key: number`, and comments.
import { readFileSync, writeSync } from "node:fs";

/** Stops the stage with one clear line: a wrong parameter is no crash. */
export function refuse(message) {
  writeSync(2, `error: ${message}\n`);
  process.exit(1);
}

/** The numbers below `group:` in params.yaml, as a record. */
export function readParams(group) {
  const params = {};
  let current = "";
  for (const line of readFileSync("params.yaml", "utf8").split(/\r?\n/)) {
    const [, indent, key, text] = /^(\s*)(\w+):\s*([^\s#]*)/.exec(line) ?? [];
    if (key === undefined) continue;
    if (indent === "") current = key;
    else if (current === group) params[key] = toNumber(`${group}.${key}`, text);
  }
  return params;
}

function toNumber(name, text) {
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) refuse(`${name} must be a number, not '${text}'`);
  return value;
}

/** Refuses a parameter that is not a whole number of at least `least`. */
export function requireWhole(name, value, least) {
  if (!Number.isInteger(value) || value < least) {
    refuse(`${name} must be a whole number of at least ${least}, not ${value}`);
  }
}
