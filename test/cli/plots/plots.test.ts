/** `plots show`, `diff`, `templates` and `modify`; what they print is compared with DVC in test/interop/plots.test.ts. */
import { existsSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository } from "../../rig/index.ts";

const pipeline = `stages:
  train:   # kept
    cmd: echo
    outs:
    - model.txt
    - logs.csv:
        cache: false
    plots:
    - conf.csv:
        cache: false
        x: a
  many:
    foreach: [1, 2]
    do:
      cmd: echo
      outs: ["o\${item}.csv"]
`;

const make = () =>
  makeRepository({ files: { "dvc.yaml": pipeline, "logs.csv": "step,loss\n0,2\n1,1\n", "conf.csv": "a,b\n1,2\n" } });

test("show writes one page that needs nothing else, and prints where", async () => {
  const repository = make();
  const address = `file://${repository.folder}/dvc_plots/index.html\n`;
  expect(await repository.succeed(["plots", "show", "logs.csv"])).toBe(address);
  const html = repository.read("dvc_plots/index.html");
  expect(html).toContain("vega-embed");
  expect(html).toContain('"values":[{"step":0,"loss":"2","rev":"workspace"}');
  // In the text of the libraries there are addresses, which are names: test/report/plots/page.test.ts looks at the policy.
  expect(html.slice(0, html.indexOf("<script>"))).not.toMatch(/<(script|link|img)[^>]*(src|href)="(?!data:)/);
});

test("what can't be drawn is refused with 1, as in DVC, and told", async () => {
  const repository = make();
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await repository.run(["-v", "plots", ...args]);
    return `${exitCode} ${/CODE: (\w+)/.exec(stderr)?.[1]}`;
  };
  expect(await refused("show", "logs.csv", "-t", "nosuch")).toBe("1 PLOT_TEMPLATE");
  expect(await refused("show", "logs.csv", "-x", "nosuch")).toMatch(/^0/);
  expect(await refused("show", "--show-vega")).toBe("1 BAD_OPTIONS");
  expect(await refused("templates", "nosuch")).toBe("1 PLOT_TEMPLATE");
  expect(await refused("diff", "nosuch")).toBe("1 UNKNOWN_REVISION");
  expect(await refused("modify", "nosuch.csv", "-x", "a")).toBe("255 STAGE_NOT_FOUND");
  expect(await refused("modify", "o1.csv", "-x", "a")).toBe("255 STAGE_GENERATED");
  expect(await refused("modify", "conf.csv", "--unset", "y")).toBe("255 PLOT_PROPERTY");
  expect(await refused("modify", "model.txt", "--unset", "y")).toBe("255 PLOT_PROPERTY");
  expect(repository.read("dvc.yaml")).toBe(pipeline);
});

test("modify changes the plot's entry and no other byte; an output becomes a plot", async () => {
  const repository = make();
  const args = ["plots", "modify", "logs.csv", "-x", "step", "-y", "loss", "--title", "T", "--no-header"];
  expect(await repository.succeed(args)).toBe("Modifying stage 'train' in 'dvc.yaml'\n");
  await repository.succeed(["plots", "modify", "conf.csv", "--unset", "x"]);
  const changed = `    outs:
    - model.txt
    plots:
    - conf.csv:
        cache: false
    - logs.csv:
        cache: false
        x: step
        y: loss
        title: T
        header: false
`;
  expect(repository.read("dvc.yaml")).toBe(pipeline.replace(/ {4}outs:\n {4}- model[\s\S]*x: a\n/, changed));
});

test("a repository's own settings lead nowhere else", async () => {
  const repository = make();
  const outside = path.join(repository.root, "outside");
  repository.write({ "../outside/plain.json": '{"data": "<DVC_METRIC_DATA>"}', "../outside/page.html": "{plot_divs}" });
  symlinkSync(outside, path.join(repository.folder, "dvc_plots"));
  const code = async (...args: string[]) => {
    const { exitCode, stderr } = await repository.run(["-v", "plots", "show", "logs.csv", ...args]);
    return exitCode === 0 ? "shown" : /CODE: (\w+)/.exec(stderr)?.[1];
  };
  expect(await code()).toBe("OUTSIDE_PROJECT");
  expect(existsSync(path.join(outside, "index.html"))).toBe(false);
  await repository.succeed(["config", "plots.html_template", "../../outside/page.html"]);
  expect(await code("-o", "here")).toBe("OUTSIDE_PROJECT");
  await repository.succeed(["config", "--unset", "plots.html_template"]);
  repository.write({ "dvc.yaml": "plots:\n- logs.csv:\n    template: ../outside/plain.json\n" });
  expect(await code("-o", "here")).toBe("PLOT_TEMPLATE");
  // Who types a name may mean any file.
  expect(await code("-o", "here", "-t", "../outside/plain.json")).toBe("shown");
});

test("a target that would search for years ends in words; what is no pattern is a text", async () => {
  const repository = make();
  repository.write({ [`${"a".repeat(60)}.csv`]: "x,y\n1,2\n", "b(.csv": "x,y\n1,2\n" });
  repository.write({ "dvc.yaml": `plots:\n- ${"a".repeat(60)}.csv\n- b(.csv\n` });
  const { exitCode, stderr } = await repository.run(["plots", "show", "(a+)+b", "-o", "here"]);
  expect([exitCode, stderr]).toEqual([254, expect.stringContaining("takes too long")]);
  const { stdout } = await repository.run(["plots", "show", "b(", "--json", "-o", "here"]);
  expect(Object.keys((JSON.parse(stdout) as { data: object }).data)).toEqual(["b(.csv"]);
});
