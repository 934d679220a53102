/** Hashes that DVC 3.67.1 put into commit messages, from the lock files that it wrote (data/). */
import { describe, expect, it } from "vitest";
import { loadLock } from "../../../src/pipeline/lock/file.ts";
import { experimentHash } from "../../../src/pipeline/lock/hash.ts";
import type { LockEntry } from "../../../src/pipeline/types.ts";

function data(name: string): string {
  return new URL(`data/${name}`, import.meta.url).pathname;
}

describe("experimentHash", () => {
  it("is the hash of DVC's commit message: of the stages that ran, in whatever files (prep was skipped in that run)", async () => {
    const entries = new Map<string, LockEntry>();
    for (const [name, stage] of (await loadLock(data("shared-values.lock"))).stages)
      if (name !== "prep") entries.set(name, stage.entry);
    for (const [name, stage] of (await loadLock(data("sub.lock"))).stages)
      entries.set(`sub/dvc.yaml:${name}`, stage.entry);
    expect(experimentHash(entries)).toBe("9f04ba1d44bff82a3e919fcb8704eb36fe3d51ecec43df5304f1551747784987");
  });

  it("does not depend on the order of stages", async () => {
    const stages = [...(await loadLock(data("shared-values.lock"))).stages].map(
      ([name, { entry }]) => [name, entry] as const,
    );
    expect(experimentHash(new Map(stages))).toBe(experimentHash(new Map(stages.reverse())));
  });

  it("is the hash of an empty mapping where no stage was visited", () => {
    expect(experimentHash(new Map())).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });
});
