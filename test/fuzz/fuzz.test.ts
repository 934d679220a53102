/**
 * Whatever a stranger hands over: commands end as documented, in words, soon; nothing outside the repository is touched, and
 * nothing is started. SWEEPLINE_FUZZ_CASES and SWEEPLINE_FUZZ_SEED say how many cases, and which: scripts/fuzz.mjs.
 */
import { appendFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Change } from "./change.ts";
import { fetched } from "./fetched.ts";
import { files } from "./files.ts";
import { buildDriver, type Case, Trier } from "./trying.ts";
import { Workbench } from "./workbench.ts";

const cases = Number(process.env.SWEEPLINE_FUZZ_CASES ?? "2000");
const seed = Number(process.env.SWEEPLINE_FUZZ_SEED ?? "20261122");
/** Where the number of cases that were tried of each kind is told: a kind that has no time left tries fewer. */
const counts = process.env.SWEEPLINE_FUZZ_COUNTS;

const commands: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--json"],
  ["status", "-c"],
  ["checkout"],
  ["checkout", "--force"],
  ["checkout", "data.dvc"],
  ["pull"],
  ["pull", "--force"],
  ["exp", "apply", "e-1"],
  ["exp", "apply", "fuzz"],
  ["exp", "show"],
  ["exp", "show", "--json"],
  ["exp", "show", "--csv", "-A"],
  ["exp", "show", "--md"],
  ["exp", "list"],
  ["exp", "list", "-A"],
  ["exp", "diff", "e-1", "e-2"],
  ["exp", "pull", "origin", "-A"],
  ["queue", "status"],
  ["doctor"],
  ["matrix", "collect", "--bundles", "bundles"],
  ["matrix", "collect", "--no-cache"],
];

/** Commands that read that kind of input; all of them where not said. */
const readers: Readonly<Record<string, RegExp>> = {
  plans: /^matrix/,
  bundles: /^matrix/,
  "dir objects": /^(status|checkout|pull|exp apply|exp show|doctor)/,
  refs: /^(exp|queue|doctor|matrix)/,
  "commits of experiments": /^(exp|queue|doctor|matrix)/,
};

const inputs: Readonly<Record<string, fc.Arbitrary<Change>>> = { ...files, ...fetched };

function together(one: Change, other: Change): Change {
  return {
    ...one,
    ...other,
    files: { ...one.files, ...other.files },
    links: { ...one.links, ...other.links },
    refs: { ...one.refs, ...other.refs },
    commits: [...(one.commits ?? []), ...(other.commits ?? [])],
  };
}

function casesOf(kind: string, input: fc.Arbitrary<Change>): fc.Arbitrary<Case> {
  const own = commands.filter((words) => readers[kind]?.test(words.join(" ")) ?? true);
  const another = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.oneof(...Object.values(inputs)) },
  );
  return fc.record({
    words: fc.constantFrom(...own),
    change: fc.tuple(another, input).map(([first, second]) => together(first, second)),
  });
}

/** Tells findings apart, however a case is made smaller. */
const likeness = (problem: string) => problem.replace(/'[^']*'|"[^"]*"|[0-9a-f]{4,}|\d+/g, "_").slice(0, 300);

interface Finding {
  readonly problems: readonly string[];
  readonly case: Case;
}

/** All that is wrong in so many cases, each told once, by the smallest case that was found for it. Answers how many it tried, too. */
async function findings(arbitrary: fc.Arbitrary<Case>, count: number, trier: Trier) {
  const found: Finding[] = [];
  const known = new Set<string>();
  let [left, from, tried] = [count, seed, 0];
  while (left > 0) {
    let last: readonly string[] = [];
    const property = fc.asyncProperty(arbitrary, async (each) => {
      const { confirmed } = await trier.problems(each);
      tried++;
      const fresh = confirmed.filter((problem) => !known.has(likeness(problem)));
      if (fresh.length === 0) return;
      last = fresh;
      throw new Error(fresh.join("\n"));
    });
    const limits = { interruptAfterTimeLimit: 600_000, markInterruptAsFailure: false };
    const result = await fc.check(property, { seed: from, numRuns: left, ...limits });
    left -= Math.max(1, result.numRuns);
    from += 1;
    const [smallest] = result.counterexample ?? [];
    if (!result.failed || smallest === undefined) break;
    found.push({ problems: last, case: smallest });
    for (const problem of last) known.add(likeness(problem));
  }
  return { found, tried };
}

describe.concurrent(`${cases} cases, seed ${seed}`, () => {
  let make: () => Workbench;
  let driver: string;
  const idle: Trier[] = [];
  beforeAll(async () => {
    [make, driver] = await Promise.all([Workbench.make(), buildDriver()]);
  });

  for (const [kind, input] of Object.entries(inputs))
    test(kind, async () => {
      const trier = idle.pop() ?? new Trier(make(), driver);
      const count = Math.ceil(cases / Object.keys(inputs).length);
      const { found, tried } = await findings(casesOf(kind, input), count, trier);
      idle.push(trier);
      if (counts !== undefined) appendFileSync(counts, `${tried}\n`);
      expect(found).toEqual([]);
    });
});
