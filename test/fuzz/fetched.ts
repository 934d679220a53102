/** What comes with a fetch, or from a CI job: commits and refs of experiments, plans, bundles. */
import fc from "fast-check";
import type { Change, FuzzCommit, TreeEntry } from "./change.ts";
import { dvcData } from "./files.ts";
import { anyValue, damaged, hash, hostileName, jsonText, mostly, name, shape, yamlText } from "./values.ts";

const id = fc.constantFrom("@HEAD@", "@EXPERIMENT@", "0".repeat(40), "1".repeat(40), "@BLOB@", "@TREE@");

const override = shape({
  file: mostly(name),
  text: mostly(hostileName),
  key: mostly(hostileName),
  value: mostly(hostileName),
});
const record = shape({
  v: mostly(fc.constant(1)),
  sequence: mostly(fc.constantFrom(1, 7, -1, 2 ** 60)),
  folder: mostly(name),
  sweep: mostly(fc.constantFrom("s-0123456789ab", "../x")),
  point: mostly(fc.nat(9)),
  identity: mostly(hash),
  overrides: mostly(fc.array(mostly(override), { maxLength: 3 })),
  targets: mostly(fc.array(name, { maxLength: 2 })),
  flags: mostly(shape({ force: anyValue, single: anyValue, pull: anyValue })),
  message: mostly(hostileName),
  replace: anyValue,
  limits: anyValue,
  project: mostly(name),
  worktree: mostly(name),
});

const entry: fc.Arbitrary<TreeEntry> = fc.letrec<{ entry: TreeEntry }>((tie) => ({
  entry: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.record({
      mode: fc.constantFrom("100644", "100755", "120000", "160000", "100600", "0"),
      name: name.map((text) => text.replaceAll("\0", "").replaceAll("/", "_") || "x"),
      text: fc.oneof(hostileName, yamlText(anyValue), fc.constant(undefined)),
    }),
    fc.record({
      mode: fc.constant("40000"),
      name: fc.constantFrom("sub", "data", ".git", ".GIT", "..", ".dvc"),
      entries: fc.array(tie("entry"), { maxLength: 4 }),
    }),
  ),
})).entry;

const special: fc.Arbitrary<TreeEntry> = fc.record({
  mode: fc.constantFrom("100644", "120000", "40000"),
  name: fc.constantFrom("params.yaml", "dvc.yaml", "dvc.lock", "m.json", "data.dvc", "file.txt.dvc", ".dvcignore"),
  text: fc.oneof(yamlText(dvcData), yamlText(anyValue), hostileName, fc.constant(undefined)),
});

const refName = fc.oneof(
  fc.constantFrom(
    "refs/exps/@BASE@/fuzz",
    "refs/exps/@BASE@/fuzz/deep",
    "refs/exps/@BASE@/e-1",
    "refs/exps/celery/sweepline/queued/0000000099",
    "refs/exps/celery/sweepline/failed/0000000098",
    "refs/exps/celery/stash",
    "refs/exps/exec/EXEC_HEAD",
    "refs/exps/zz/fuzz",
    "refs/exps/fuzz",
    "refs/exps/@BASE@/-rf",
    "refs/exps/@BASE@/\u202ex",
    "refs/sweeps/s-0123456789ab/failed/1",
  ),
);

const message = fc.oneof(
  fc.constant("dvc: commit experiment abc"),
  fc
    .tuple(id, id, hostileName, jsonText(mostly(record, 20)))
    .map(([head, base, text, json]) => `dvc-exp:${head}:${base}:${text}\n\n${json}\n`),
  damaged(fc.constant('dvc-exp:@HEAD@:@HEAD@:fuzz\n\n{"v":1,"sequence":99}\n')),
  hostileName,
);

const commit: fc.Arbitrary<FuzzCommit> = fc.record({
  ref: refName,
  message,
  headers: fc.oneof(
    fc.constant({}),
    jsonText(mostly(record, 20)).map((text) => ({ sweepline: text })),
    fc.constantFrom({ encoding: "utf-16" }, { gpgsig: "x" }, { mergetag: "object x" }),
  ),
  tree: fc.oneof(fc.constant(undefined), fc.array(fc.oneof(entry, special), { maxLength: 6 })),
  parents: fc.array(id, { maxLength: 4 }),
});

const commits = fc.array(commit, { minLength: 1, maxLength: 2 }).map((all): Change => ({ commits: all }));

const refs = fc
  .array(fc.tuple(refName, fc.oneof(id, fc.constantFrom("ref: refs/exps/x", "garbage", ""))), { maxLength: 3 })
  .map((all): Change => ({ refs: Object.fromEntries(all.map(([ref, target]) => [ref, `${target}\n`])) }));

const planPoint = shape({
  i: mostly(fc.constantFrom(0, 1, 2, -1)),
  id: mostly(fc.constantFrom("0123456789ab", "@POINT0@")),
  name: mostly(name),
  set: mostly(fc.array(fc.oneof(fc.constantFrom("x=2", "x=3"), hostileName), { maxLength: 3 })),
});
const plan = fc
  .oneof(
    damaged(fc.constant("@PLAN@")),
    jsonText(
      mostly(
        shape({
          v: mostly(fc.constant(1)),
          sweep: mostly(fc.constantFrom("s-0123456789ab", "s-../../x")),
          baseline: mostly(fc.oneof(fc.constant("@HEAD@"), hash)),
          run: mostly(
            shape({
              folder: name,
              targets: fc.array(name, { maxLength: 2 }),
              copyPaths: fc.array(name, { maxLength: 2 }),
              composition: mostly(fc.constant("as configured")),
              flags: anyValue,
              message: hostileName,
            }),
          ),
          points: mostly(fc.array(mostly(planPoint, 20), { maxLength: 3 }), 20),
        }),
        20,
      ),
    ),
  )
  .map((text): Change => ({ files: { "sweep.json": text } }));

const bundle = fc
  .record({
    head: damaged(
      fc.constantFrom(
        "@BUNDLE@",
        "# v2 git bundle\n@HEAD@ refs/heads/evil\n\n",
        "# v3 git bundle\n@object-format=sha256\n\n",
        "# v2 git bundle\n-@HEAD@ x\n@EXPERIMENT@ refs/exps/../../hooks/x\n\n",
      ),
    ),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map((each): Change => ({ bundle: each }));

/** The kinds of what is fetched, by name. */
export const fetched: Readonly<Record<string, fc.Arbitrary<Change>>> = {
  "commits of experiments": commits,
  refs,
  plans: plan,
  bundles: bundle,
};
