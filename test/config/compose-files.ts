/** Compositions of files held in memory, for tests. */
import type { Value } from "../../src/base/value.ts";
import { toPlain } from "../../src/base/value.ts";
import { compose, resolveConfig } from "../../src/config/compose.ts";
import { valueOrigins } from "../../src/config/info.ts";
import { plainNode } from "../../src/config/node.ts";
import { configOverride } from "../../src/config/overrides.ts";
import { ConfigFiles } from "../../src/config/read.ts";
import { projectTree } from "../../src/config/search-path.ts";
import { MemoryTree } from "../../src/config/tree.ts";
import type { Composition } from "../../src/config/types.ts";
import { expandPoints } from "../../src/sweep/expand.ts";

export type ConfigTexts = Readonly<Record<string, string | Uint8Array>>;

const environment = { HOME: "/home/me" };

function composeFiles(files: ConfigTexts, overrides: readonly string[] = []): Composition {
  const tree = new ConfigFiles(projectTree(new MemoryTree(new Map(Object.entries(files)))));
  const [point] = expandPoints(overrides, { composed: "all" }).points;
  const edits = (point?.overrides ?? []).map(({ edit }) => configOverride(edit));
  return compose({ files: tree, configName: "config", overrides: edits, environment });
}

/** The resolved values as plain JSON. */
export function valuesOf(files: ConfigTexts, overrides: readonly string[] = []): unknown {
  return toPlain(typedValuesOf(files, overrides));
}

export function typedValuesOf(files: ConfigTexts, overrides: readonly string[] = []): Value {
  return plainNode(resolveConfig(composeFiles(files, overrides).config, { environment }));
}

/** Where each value comes from, by its key. */
export function sourcesOf(files: ConfigTexts, overrides: readonly string[] = []): Readonly<Record<string, string>> {
  const resolved = resolveConfig(composeFiles(files, overrides).config, { environment });
  return Object.fromEntries(valueOrigins(resolved).map(({ key, source }) => [key, source]));
}
