/** Every recorded row of Hydra's overrides and products. The data lies beside the checkout, in ../shared/oracle/hydra. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { recordedOverride, recordedProduct } from "../../src/sweep/recorded.ts";
import skips from "./hydra-skips.json" with { type: "json" };

const folder = new URL("../../../shared/oracle/hydra/", import.meta.url);
/** Shuffling is left out, as while recording: a list shuffled inside a text could not be compared else. */
const inOrder = { random: () => 1 - Number.EPSILON };

interface Row {
  readonly id: string;
  readonly random?: boolean;
  readonly glob_options?: readonly string[];
  readonly [field: string]: unknown;
}

/** The rows of 1.3.8, those that differ in 1.4.0rc3 replaced. */
function rowsOf(name: string): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const file of [name, `hydra-1.4.0rc3/${name}`]) {
    for (const line of readFileSync(new URL(file, folder), "utf8").split("\n")) {
      if (line === "") continue;
      const row: Row = JSON.parse(line);
      rows.set(row.id, row);
    }
  }
  return [...rows.values()].filter((row) => !skips.some((skip: { readonly id: string }) => skip.id === row.id));
}

const contextOf = (row: Row) =>
  row.glob_options === undefined ? inOrder : { ...inOrder, globOptions: row.glob_options };
const failed = (value: unknown): boolean => typeof value === "object" && value !== null && "error" in value;
/** A refusal stays a refusal; what Hydra could not finish (a range without end) must be one too. */
const comparable = (value: unknown): unknown =>
  failed(value) || (typeof value === "object" && value !== null && "skipped" in value) ? "refused" : value;
const asMultiset = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;

const compared = [
  "type",
  "key",
  "package",
  "key_element",
  "is_hydra_override",
  "value_type",
  "value",
  "value_str",
  "sweep",
  "elements",
  "expanded",
];

function checkOverride(row: Row): void {
  const ours = recordedOverride(String(row.input), contextOf(row));
  const where = `${row.id}: ${row.input}`;
  expect(ours.ok, where).toBe(row.ok);
  if (!row.ok) checkError(row, ours, where);
  else checkReading(row, ours, where);
}

function checkReading(row: Row, ours: Readonly<Record<string, unknown>>, where: string): void {
  for (const field of compared) {
    if (field === "elements" && row[field] === undefined) continue;
    const [theirs, mine] = [comparable(row[field]), comparable(ours[field])];
    const pair = row.random ? [asMultiset(mine), asMultiset(theirs)] : [mine, theirs];
    expect(pair[0], `${where} (${field})`).toEqual(pair[1]);
  }
}

function checkError(row: Row, ours: Readonly<Record<string, unknown>>, where: string): void {
  const { phase, column } = row.error as { readonly phase: string; readonly column: number | null };
  expect(ours.error, where).toMatchObject(column === null ? { phase } : { phase, column });
}

/** Values of hydra.sweeper.params that are no texts are written as Python writes them. */
const paramText = (value: unknown): string =>
  value === null ? "None" : typeof value === "boolean" ? (value ? "True" : "False") : String(value);

function checkProduct(row: Row): void {
  const params = Object.entries((row.params as Readonly<Record<string, unknown>> | undefined) ?? {});
  const ours = recordedProduct({
    args: row.args as readonly string[],
    maxBatchSize: row.max_batch_size as number | null,
    params: params.map(([key, value]) => `${key}=${paramText(value)}`),
    context: contextOf(row),
  });
  const where = `${row.id}: ${JSON.stringify(row.args)}`;
  expect(failed(ours), where).toBe(failed(row));
  if (failed(row)) return;
  expect(row.random ? asMultiset(ours.jobs) : ours.jobs, where).toEqual(row.random ? asMultiset(row.jobs) : row.jobs);
  expect(ours.batches, where).toEqual(row.batches);
}

test("few rows are skipped, each with its reason", () => {
  expect(skips.length).toBeLessThanOrEqual(10);
  for (const skip of skips) expect(skip).toMatchObject({ id: expect.any(String), reason: expect.any(String) });
});

describe.skipIf(!existsSync(folder))("recorded from Hydra", () => {
  const overrides = existsSync(folder) ? rowsOf("overrides.jsonl") : [];
  const products = existsSync(folder) ? rowsOf("products.jsonl") : [];

  test("all rows are there", () => {
    expect(overrides.length + skips.length).toBeGreaterThanOrEqual(2108);
    expect(products.length).toBeGreaterThanOrEqual(150);
  });

  test.each([...new Set(overrides.map((row) => String(row.cat)))])("overrides: %s", (category) => {
    for (const row of overrides) if (row.cat === category) checkOverride(row);
  });

  test("products", () => {
    for (const row of products) checkProduct(row);
  });
});
