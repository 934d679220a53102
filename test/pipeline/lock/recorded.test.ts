/** dvc.lock and run-cache files recorded from DVC 3.67.1 (../shared beside the checkout; skipped where it is missing). */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isMap, type Value } from "../../../src/base/value.ts";
import { dataReader } from "../../../src/params/data-file.ts";
import { entryToValue, valueToEntry } from "../../../src/pipeline/lock/entry.ts";
import { emptyLock, formatLock, parseLock, withEntries } from "../../../src/pipeline/lock/file.ts";
import { runCacheKey, runCacheValue } from "../../../src/pipeline/lock/hash.ts";
import type { LockEntry } from "../../../src/pipeline/types.ts";
import { dumpYaml } from "../../../src/yaml/ruamel.ts";
import { scanYaml } from "../../../src/yaml/scan.ts";

interface Row {
  readonly name: string;
  readonly locks: Readonly<Record<string, string>>;
  readonly run_cache: Readonly<Record<string, string>>;
}

const recorded = new URL("../../../../shared/oracle/dvc/repro_lock.json", import.meta.url);
const rows: Row[] = existsSync(recorded) ? JSON.parse(readFileSync(recorded, "utf8")) : [];

async function parseSlowly(text: string): Promise<Value> {
  return (await dataReader("lock.yaml"))({ path: "dvc.lock", bytes: Buffer.from(text) });
}

describe.skipIf(rows.length === 0)("recorded lock files", () => {
  for (const row of rows)
    for (const [file, text] of Object.entries(row.locks))
      it(`${row.name}: ${file} is read and written to the same bytes`, async () => {
        const read = await parseLock(Buffer.from(text), file);
        if (read.kind !== "ok") throw new Error(`read as ${read.kind}`);
        expect(formatLock(read.lock)).toBe(text);
        const entries = new Map<string, LockEntry>();
        for (const [name, stage] of read.lock.stages) entries.set(name, stage.entry);
        expect(formatLock(withEntries(emptyLock, entries))).toBe(text);
      });

  for (const row of rows)
    for (const [file, text] of Object.entries(row.locks))
      it(`${row.name}: the quick reader agrees with the YAML library on ${file}`, async () => {
        const quick = scanYaml(text);
        if (quick !== undefined) expect(quick).toEqual(await parseSlowly(text));
      });

  for (const row of rows)
    for (const [file, text] of Object.entries(row.run_cache))
      it(`${row.name}: ${file.slice(0, 20)} has its key, its value and its bytes`, async () => {
        const value = await parseSlowly(text);
        const entry = valueToEntry(value);
        if (entry === undefined || !isMap(value)) throw new Error("no entry");
        const [, , key, name] = file.split("/");
        expect(dumpYaml(entryToValue(entry))).toBe(text);
        expect(runCacheKey(entry)).toBe(key);
        expect(runCacheValue(entry)).toBe(name);
      });
});
