import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";
import { checkout } from "../rig/process.ts";

function filesOf(name: string): Files {
  const folder = path.join(checkout, "examples", name);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((file) => statSync(path.join(folder, file)).isFile());
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file))]));
}

interface Run {
  readonly step: number;
  readonly accuracy: number;
}

/** The metrics of all experiments. */
async function runs(repository: Repository): Promise<readonly Run[]> {
  const shown = JSON.parse(await repository.succeed(["exp", "show", "--json"]));
  const experiments: readonly {
    readonly revs: readonly [{ readonly data: { readonly metrics: Record<string, { data: Run }> } }];
  }[] = shown.at(-1).experiments;
  return experiments.flatMap(({ revs }) => revs[0].data.metrics["metrics.json"]?.data ?? []);
}

/** The command of the README, which it breaks into two lines. */
function commandOf(readme: string): readonly string[] {
  const [, text = ""] = /^ {4}sweepline (search [\s\S]*?--min-steps \d+)/m.exec(readme) ?? [];
  return [...text.replaceAll("\\\n", " ").matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}

test("a search that ends hopeless runs finds a good point in less than half of the steps of a grid", async () => {
  const files = { ...filesOf("penguins"), ...filesOf("search") };
  const repository = makeRepository({ files });
  const command = commandOf(String(files["README.md"]));
  const shown = await repository.succeed(command);
  expect(shown).toContain("18 succeeded, 0 failed");
  expect(shown).toContain("stopped early by asha");
  const found = await runs(repository);
  expect(found).toHaveLength(18);
  expect(Math.max(...found.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.95);
  const steps = found.reduce((sum, { step }) => sum + step, 0);
  expect(steps).toBeLessThanOrEqual((18 * 27) / 2);
  expect(await repository.succeed([...command, "--json"])).not.toContain('"type":"started"');
});
