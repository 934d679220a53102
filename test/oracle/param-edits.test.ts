/**
 * The recorded `-S` edits of DVC. Needs the recordings beside the checkout (../shared/oracle); skipped without them.
 * What must agree is the parsed result, or the refusal; the bytes must not: ours change only what was named.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import skips from "./param-edits-skips.json" with { type: "json" };

interface RecordedEdit {
  readonly file: string;
  readonly before: string;
  readonly overrides: readonly string[];
  readonly after?: string;
  readonly error?: string;
}

const recordings = path.resolve("../shared/oracle/dvc/param_edits.jsonl");
const isThere = existsSync(recordings);
const rows = isThere
  ? readFileSync(recordings, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as RecordedEdit)
  : [];
const skipped: Readonly<Record<string, string>> = skips;

async function editAsAsked(row: RecordedEdit): Promise<string> {
  const { points, isSweep } = expandPoints(row.overrides.map((override) => `${row.file}:${override}`));
  if (isSweep) throw new SweeplineError({ code: "SWEEP_NEEDS_QUEUE", message: "one file cannot hold a sweep" });
  const file = await openParamFile({ path: row.file, bytes: Buffer.from(row.before) });
  return file.edit((points[0]?.overrides ?? []).map((override) => override.edit));
}

function idOf(row: RecordedEdit, index: number): string {
  return `${index} ${row.file} ${row.overrides.join(" ")}`;
}

describe.skipIf(!isThere)("edits as DVC recorded them", () => {
  const cases = rows.map((row, index) => ({ row, id: idOf(row, index) }));

  it.each(cases.filter(({ id }) => skipped[id] === undefined))("$id", async ({ row }) => {
    if (row.after === undefined) {
      await expect(editAsAsked(row)).rejects.toBeInstanceOf(SweeplineError);
      return;
    }
    const edited = await editAsAsked(row);
    const ours = await readDataFile({ path: row.file, bytes: Buffer.from(edited) });
    const theirs = await readDataFile({ path: row.file, bytes: Buffer.from(row.after) });
    expect(ours).toEqual(theirs);
  });

  it("names only recorded rows in the list of exceptions", () => {
    const ids = new Set(cases.map(({ id }) => id));
    expect(Object.keys(skipped).filter((id) => !ids.has(id))).toEqual([]);
  });
});
