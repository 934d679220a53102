/** `exp show` on a real terminal: the view, settings of Git's configuration, and the pager. Skipped where tmux is missing. */
import { beforeAll, describe, expect, test } from "vitest";
import { binary, makeRepository, type Repository } from "../../rig/index.ts";
import { hasTmux, Terminal } from "../../rig/terminal.ts";

const files = {
  "params.yaml": "train:\n  lr: 0.1\n",
  "metrics.json": '{"acc": 0.5, "loss": 2}\n',
  "dvc.yaml":
    "stages:\n  train:\n    cmd: sh train.sh\n    params:\n    - train\n    metrics:\n    - metrics.json:\n        cache: false\n",
};

describe.skipIf(!hasTmux)("on a terminal of 80 columns and 12 rows", () => {
  let repository: Repository;
  let terminal: Terminal;

  beforeAll(() => {
    repository = makeRepository({ files });
    const head = repository.git("rev-parse", "HEAD");
    for (let index = 0; index < 14; index++) {
      repository.write({
        "params.yaml": `train:\n  lr: 0.${index + 1}\n`,
        "metrics.json": `{"acc": 0.${index + 10}}\n`,
      });
      repository.git("add", "--all");
      const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", "e");
      repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/point-${index}`, commit);
    }
    repository.git("reset", "--quiet", "--hard");
    terminal = new Terminal(repository.root, repository.env, { columns: 80, rows: 12 });
  });

  function screenOf(session: string, command: string): readonly string[] {
    terminal.start(session, `cd '${repository.folder}'; ${command}`);
    terminal.waitForEnd(session);
    return terminal.tmux("capture-pane", "-p", "-t", session, "-S", "-").trimEnd().split("\n");
  }
  const show = `'${process.execPath}' '${binary}' exp show`;

  test("what is longer than the screen goes through $DVC_PAGER; --no-pager prints it", () => {
    const paged = screenOf("paged", `DVC_PAGER='head -n 3' PAGER=false ${show} --sort-by acc`);
    expect(paged).toHaveLength(3);
    expect(paged[0]).toMatch(/^Experiment +acc +lr/);
    expect(screenOf("whole", `${show} --no-pager`).length).toBeGreaterThan(16);
    // A pager that is not there, and one that says that it is none.
    expect(screenOf("missing", `PAGER=no-such-pager ${show} 2>/dev/null`).length).toBeGreaterThan(16);
    expect(screenOf("cat", `PAGER=cat ${show}`).length).toBeGreaterThan(16);
  });

  test("settings choose columns and order; the command line counts more", () => {
    repository.git("config", "exp.show.columns", "loss,lr");
    repository.git("config", "exp.show.sortBy", "acc");
    repository.git("config", "exp.show.sortOrder", "desc");
    const set = screenOf("set", `${show} --no-pager --hide-workspace`);
    expect(set[0]?.split(/ +/)).toEqual(["Experiment", "loss", "lr"]);
    expect(set[3]).toMatch(/^├─▸ point-13/);
    expect(screenOf("typed", `${show} --no-pager --columns acc`)[0]?.split(/ +/)).toEqual(["Experiment", "acc"]);
    repository.git("config", "exp.show.precision", "many");
    expect(screenOf("wrong", show).join("\n")).toContain("exp.show.precision");
    repository.git("config", "--remove-section", "exp.show");
  });
});
