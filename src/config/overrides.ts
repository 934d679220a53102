/** Overrides as composition takes them. Their values are evaluated already; the key is read from the text. */

import { parseOverride } from "../../grammar/override/parse.ts";
import { printKey } from "../../grammar/override/printer.ts";
import type { ParamEdit } from "../params/types.ts";
import { nodeOf } from "./node.ts";
import { problemOf } from "./source.ts";
import type { ConfigOverride } from "./types.ts";

/** What an edit means for a config: its key may name a group, with or without a package. */
export function configOverride({ kind, path, value, text }: ParamEdit): ConfigOverride {
  const equal = text.indexOf("=");
  // The value of a rendered text does not always read back; its key does.
  const parsed = parseOverride(equal < 0 ? text : text.slice(0, equal + 1));
  const source = { kind: "override", text } as const;
  if (!parsed.ok) throw problemOf(source, { code: parsed.issue.code, message: parsed.issue.message });
  const { key } = parsed.tree;
  return {
    text,
    kind,
    key: printKey({ ...key, package: null }),
    // A group that does not exist is one key, slash and all.
    path: key.form === "group" ? [key.text] : path,
    package: key.package,
    value: value === undefined ? undefined : nodeOf(value, source),
  };
}

/** Reads each edit once: the points of a sweep share them. */
export class ConfigOverrides {
  private readonly known = new WeakMap<ParamEdit, ConfigOverride>();

  read(edits: readonly ParamEdit[]): readonly ConfigOverride[] {
    return edits.map((edit) => {
      const known = this.known.get(edit) ?? configOverride(edit);
      this.known.set(edit, known);
      return known;
    });
  }
}
