/**
 * Recorded compositions of Hydra. Needs the recordings beside the checkout (../shared/oracle); skipped without them.
 * Values and types must agree, raw and resolved, in their order; of a refusal only that it happens.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { floatRepr } from "../../src/base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../src/base/value.ts";
import { compose, resolveConfig } from "../../src/config/compose.ts";
import { plainNode } from "../../src/config/node.ts";
import { configOverride } from "../../src/config/overrides.ts";
import { ConfigFiles } from "../../src/config/read.ts";
import { projectTree } from "../../src/config/search-path.ts";
import { MemoryTree } from "../../src/config/tree.ts";
import type { Composition } from "../../src/config/types.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import skips from "./compose-skips.json" with { type: "json" };

interface Row {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly config_name: string | null;
  readonly overrides: readonly string[];
  readonly ok: boolean;
  readonly raw?: unknown;
  readonly resolved?: unknown;
  readonly typed?: unknown;
  readonly resolve_error?: unknown;
}

const folder = path.resolve("../shared/oracle/hydra");
const isThere = existsSync(path.join(folder, "compose.jsonl"));

function readRows(file: string): readonly Row[] {
  const lines = readFileSync(path.join(folder, file), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}

const newer = new Map((isThere ? readRows("hydra-1.4.0rc3/compose.jsonl") : []).map((row) => [row.id, row]));
const rows = (isThere ? readRows("compose.jsonl") : []).map((row) => newer.get(row.id) ?? row);
const skipped: Readonly<Record<string, string>> = skips;
const environment = { ORACLE_X: "envval" };

function composeRow(row: Row): Composition {
  const files = new ConfigFiles(projectTree(new MemoryTree(new Map(Object.entries(row.files)))));
  const { points, isSweep } = expandPoints(row.overrides, { composed: "all" });
  if (isSweep) throw new SweeplineError({ code: "SWEEP_IN_COMPOSE", message: "one config cannot hold a sweep" });
  const overrides = (points[0]?.overrides ?? []).map(({ edit }) => configOverride(edit));
  return compose({ files, configName: row.config_name, overrides, environment });
}

function typed(value: Value): unknown {
  if (value === null) return { t: "null" };
  if (typeof value === "boolean") return { t: "bool", v: value };
  if (typeof value === "bigint") return { t: "int", v: String(value) };
  if (typeof value === "number") return { t: "float", v: floatRepr(value) };
  if (typeof value === "string") return { t: "str", v: value };
  if (isList(value)) return { t: "list", v: value.map(typed) };
  if (isMap(value)) return { t: "dict", v: [...value].map(([key, item]) => [typed(key), typed(item)]) };
  throw new TypeError("not a value");
}

/** The plain JSON of the recordings. */
function plain(value: Value): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : { $float: floatRepr(value) };
  if (isList(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [plainKey(key), plain(item)]));
  return value;
}

function plainKey(key: Scalar): string {
  if (typeof key === "string") return key;
  const { t, v } = typed(key) as { t: string; v: unknown };
  return `{"$key": {"t": "${t}", "v": ${JSON.stringify(v)}}}`;
}

describe.skipIf(!isThere)("compositions as Hydra recorded them", () => {
  it.each(rows.filter(({ id }) => skipped[id] === undefined))("$id $config_name $overrides", (row) => {
    if (!row.ok) {
      expect(() => composeRow(row)).toThrow(SweeplineError);
      return;
    }
    const { config } = composeRow(row);
    expect(plain(plainNode(config))).toEqual(row.raw);
    const resolve = () => plainNode(resolveConfig(config, { environment }));
    if (row.resolve_error !== undefined) expect(resolve).toThrow(SweeplineError);
    else expect(typed(resolve())).toEqual(row.typed);
  });

  it("names at most five recorded rows in the list of exceptions", () => {
    const ids = new Set(rows.map(({ id }) => id));
    expect(Object.keys(skipped).filter((id) => !ids.has(id))).toEqual([]);
    expect(Object.keys(skipped).length).toBeLessThanOrEqual(5);
  });
});
