/** params.yaml as DVC with Hydra composes it, and as we do: the same bytes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { copyRepository, describeWithDvc, runDvc } from "./peers.ts";

const files = {
  "conf/config.yaml": `defaults:
- db: mysql
- db@backup: lite
- optional local: mine
- server: apache
- _self_
- experiment: null
lr: 1e-5
big: 12345678901234567890
octal: 010
words: {yes: on, date: 2020-01-01, 'quoted': '1', text: "a: b # c", empty: '', none: null, inf: .inf}
missing: ???
open: \${missing}
list: [1, [2, {a: 3}], "\${lr}", x\\y]
lines: |
  one
  two
url: http://\${db.host}:\${db.port}/\${oc.env:NOT_THERE,fallback}
escaped: \\\${lr}
picked: \${oc.select:nope,7}
keys: \${oc.dict.keys:db}
same: \${db}
`,
  "conf/db/mysql.yaml": "host: my\nport: 3306\nuser: ${.host}-${..lr}\n",
  "conf/db/pg.yaml": "host: pg\nport: 5432\n",
  "conf/db/lite.yaml": "# @package _group_.inner\nfile: x.db\n",
  "conf/server/apache.yaml": "defaults:\n- /db@store: pg\n- site: main\n- _self_\nname: apache\n",
  "conf/server/site/main.yaml": "url: main\n",
  "conf/server/site/alt.yaml": "# @package _global_\nalt: true\n",
  "conf/experiment/e.yaml": "# @package _global_\ndefaults:\n- override /db: pg\nlr: 2\ndb: {port: 9}\n",
  "params.yaml": "old: 1\n",
  "dvc.yaml": "stages:\n  use:\n    cmd: cp params.yaml used.yaml\n    params: [lr]\n    outs: [used.yaml]\n",
};

describeWithDvc("composed parameters", () => {
  let ours: Repository;
  let theirs: Repository;
  beforeAll(() => {
    ours = makeRepository({ files });
    ours.write({ ".dvc/config": "[hydra]\n    enabled = true\n" });
    ours.commit("compose");
    theirs = copyRepository(ours);
  });

  test.each<{ readonly overrides: readonly string[] }>([
    { overrides: [] },
    { overrides: ["db=pg", "lr=0.5", "+x.y=1", "~words"] },
    { overrides: ["experiment=e", "server/site=alt", "++new={a: [1,2]}", "list=[]"] },
    { overrides: ["+db@third=lite", "~backup.inner", "words={quoted:2}", "missing=a b"] },
    { overrides: ["~server", "octal='010'", "lines=true", "big=1e400"] },
    { overrides: ["db=nope"] },
    { overrides: ["nope=1"] },
    { overrides: ["lr=${nope}"] },
    { overrides: ["+db=pg"] },
  ])("$overrides", async ({ overrides }) => {
    const args = ["exp", "run", ...overrides.flatMap((override) => ["--set-param", override])];
    const [mine, dvcs] = await Promise.all([ours.run(args), runDvc(theirs, args)]);
    const params = [ours.read("params.yaml"), theirs.read("params.yaml")];
    for (const repository of [ours, theirs]) repository.git("checkout", "--quiet", ".");
    expect(mine).toMatchObject({ exitCode: dvcs.exitCode });
    expect(params[0]).toBe(params[1]);
  });
});
