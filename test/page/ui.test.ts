/** `sweepline ui` in a real browser: what other processes do comes by itself, and what is pressed is done. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentNames, makeExperimentRepository } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { type OpenUi, startUi } from "../server/rig.ts";
import { violations } from "./axe.ts";
import { describeInBrowser, type Look, openPage, patience, startBrowser } from "./browser.ts";

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: patience });
const counts = (page: Page) => page.locator("#counts").textContent();
const answer = (page: Page) => page.locator("#answer").textContent();

/** A browser also tells of answers that refuse: these are looked at. */
const beyondRefusals = (problems: readonly string[]) => problems.filter((text) => !text.includes("status of 409"));

/** Presses a button that asks once more. */
async function surely(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: text, exact: true }).click();
  await page.getByRole("button", { name: `Really? ${text}`, exact: true }).click();
}

describeInBrowser("the living page", () => {
  let browser: Browser;
  const started: OpenUi[] = [];
  const open = async (repository: Repository, look: Look & { readonly words?: readonly string[] } = {}) => {
    const ui = await startUi(repository, ...(look.words ?? []));
    started.push(ui);
    return { ui, ...(await openPage(browser, ui.address.href, { ...look, network: "there" })) };
  };

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    for (const { command } of started) expect((await command.kill("SIGINT")).exitCode).toBe(252);
  });

  test("a sweep of 30 points appears without a reload, with its failures", async () => {
    const repository = makeExperimentRepository();
    const { page, problems, requests, ui, context } = await open(repository);
    await eventually(() => counts(page)).toBe("0 experiments");
    expect(page.url()).toBe(`${ui.address.origin}/`);
    const sweep = repository.start(["sweep", "-n", "p", "x=range(0,30)", "-j", "2"]);
    await eventually(() => counts(page)).toMatch(/running|queued/);
    await page.evaluate("globalThis.sameDocument = true");
    await eventually(() => counts(page)).toBe("30 experiments: 29 finished, 1 failed");
    expect((await sweep.result()).exitCode).toBe(1);
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    await page.getByText("13 is no number for a stage").first().click();
    await page.locator(".table thead").getByRole("button", { name: "score" }).click();
    await eventually(() => page.locator(".table tbody th").first().textContent()).toBe("p-30");
    expect(new Set(requests.map((address) => new URL(address).origin))).toEqual(new Set([ui.address.origin]));
    expect(problems).toEqual([]);
    await context.close();
  });

  test("metrics and the log of a run come while it runs, as DVCLive writes them", async () => {
    const repository = makeExperimentRepository({
      "copy.sh": `for step in 0 1 2; do
  echo "{\\"step\\": $step, \\"score\\": 4$step}" > m.json; echo "this is step $step"
  while [ ! -e "$GATE/$step" ]; do sleep 0.1; done
done
cp params.yaml out.txt
`,
    });
    repository.write({ "../gate/here": "" });
    const gate = `${repository.root}/gate`;
    const { page, context } = await open(repository);
    const run = repository.start(["exp", "run", "--temp", "-n", "slow", "-S", "x=2"], { env: { GATE: gate } });
    await eventually(() => page.locator(".table .state").allInnerTexts()).toEqual([
      expect.stringContaining("running: copy"),
    ]);
    for (const step of [0, 1, 2]) {
      await eventually(() => page.locator(".table tbody tr").first().textContent()).toContain(`4${step}`);
      if (step === 0) await page.getByRole("button", { name: "slow", exact: true }).click();
      await eventually(() => page.locator("#log").textContent()).toContain(`this is step ${step}`);
      repository.write({ [`../gate/${step}`]: "" });
    }
    await run.result();
    await eventually(() => counts(page)).toBe("1 experiment: 1 finished");
    await context.close();
  });

  test("one that runs is ended from its panel, and the others go on", async () => {
    const repository = makeExperimentRepository({
      "copy.sh": `cp params.yaml out.txt; echo '{"score": 1}' > m.json
while grep -q 'x: 2' params.yaml; do sleep 0.1; done
`,
    });
    await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=2,3"]);
    const { page, context, problems } = await open(repository);
    await page.getByText("2 wait in the queue").click();
    await page.getByRole("button", { name: "Start the queue" }).click();
    await eventually(() => page.locator(".table .state").allInnerTexts()).toContainEqual(
      expect.stringContaining("running: copy"),
    );
    await page.getByRole("button", { name: "q-1", exact: true }).click();
    await surely(page, "End it");
    await eventually(() => counts(page)).toBe("2 experiments: 1 finished, 1 failed");
    expect(experimentNames(repository)).toEqual(["q-2"]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("what is pressed is done, and what is refused is said", async () => {
    const repository = makeExperimentRepository();
    expect((await repository.run(["sweep", "-n", "s", "x=1,2,3,13"])).exitCode).toBe(1);
    await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=7,8"]);
    const { page, context, problems } = await open(repository);
    await page.getByRole("button", { name: "s-1", exact: true }).click();
    await eventually(() => page.url()).toContain("open=");
    await page.getByLabel("Note").fill("looks <b>good</b>");
    await page.getByRole("button", { name: "Note it" }).click();
    await eventually(() => answer(page)).toBe("Noted.");
    await page.getByLabel("Tags").fill("paper fig-1");
    await page.getByRole("button", { name: "Tag it" }).click();
    await page.locator(".table .tag", { hasText: "fig-1" }).waitFor();
    await page.locator("#panel").getByRole("button", { name: "Star" }).click();
    await page.locator(".table [title=starred]").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("s-2");
    await page.getByRole("button", { name: "Rename" }).click();
    await eventually(() => answer(page)).toContain("an experiment of that name exists");
    await page.getByLabel("Name", { exact: true }).fill("best");
    await page.getByRole("button", { name: "Rename" }).click();
    await eventually(() => experimentNames(repository)).toContain("best");
    await page.getByRole("button", { name: "best", exact: true }).click();
    await page.getByRole("button", { name: "Make a branch" }).click();
    await eventually(() => repository.git("branch", "--list", "best-branch")).toContain("best-branch");
    await surely(page, "Apply to the workspace");
    await eventually(() => answer(page)).toContain("have been applied");
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("2 wait in the queue").click();
    await page.getByRole("button", { name: "run later-2 first" }).click();
    await eventually(() => page.locator(".waiting li").first().textContent()).toContain("later-2");
    await page.getByRole("button", { name: "Start the queue" }).click();
    await eventually(() => experimentNames(repository)).toContain("later-1");
    await page.getByLabel("choose s-4", { exact: true }).check();
    await page.getByLabel("choose s-3", { exact: true }).check();
    await surely(page, "Remove 2");
    await eventually(() => counts(page)).toBe("4 experiments: 4 finished");
    expect(beyondRefusals(problems)).toEqual([]);
    await context.close();
  });

  test("hostile values, notes and logs run nothing", async () => {
    const hostile = `"'><img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
    const repository = makeExperimentRepository({
      "params.yaml": `x: 1\nname: ${JSON.stringify(hostile)}\n`,
      "copy.sh": `cat params.yaml; printf '\\033]0;run\\007'; echo '{"score": 1}' > m.json; cp params.yaml out.txt\n`,
    });
    await repository.succeed(["sweep", "-n", "s", "x=1,2"]);
    await repository.succeed(["exp", "note", "s-1", hostile]);
    const { page, context, problems, requests, ui } = await open(repository);
    await page.getByLabel("choose s-1", { exact: true }).check();
    await page.getByLabel("choose s-2", { exact: true }).check();
    await page.locator("#changed-files").waitFor();
    await page.getByText("Lines that differ").click();
    await page.getByRole("button", { name: "s-1", exact: true }).click();
    await eventually(() => page.locator("#log").textContent()).toContain("onerror");
    expect(await page.getByLabel("Note").inputValue()).toBe(hostile);
    expect(await page.title()).toMatch(/^Experiments of /);
    expect(await page.locator("img").count()).toBe(0);
    expect(requests.filter((address) => !address.startsWith(`${ui.address.origin}/`))).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("two that are chosen are compared by their parameters and files, and their plots drawn", async () => {
    const repository = makeExperimentRepository({
      "dvc.yaml": `stages:
  copy:
    cmd: sh copy.sh && printf 'step,loss\\n0,2\\n1,1\\n' > curve.csv
    params: [x]
    metrics: [{m.json: {cache: false}}]
    plots: [{curve.csv: {cache: false, x: step, y: loss}}]
`,
    });
    await repository.succeed(["sweep", "-n", "s", "x=1,2"]);
    const { page, context, problems } = await open(repository);
    await page.getByLabel("choose s-1", { exact: true }).check();
    await page.getByLabel("choose s-2", { exact: true }).check();
    await eventually(() => page.locator("#changed-values").textContent()).toMatch(/params\.yaml: x \d → \d/);
    expect(await page.locator("#changed-files").textContent()).toContain("m.json +1 −1");
    await page.getByText("Lines that differ").click();
    expect(await page.locator("#patch").textContent()).toMatch(/^\+.*"score": [12]/m);
    const opened = context.waitForEvent("page");
    await page.locator("#chosen").getByRole("link", { name: "Plots" }).click();
    const plots = await opened;
    await plots.locator("[data-plot] canvas, [data-plot] svg").first().waitFor();
    // It is nobody's origin: neither the cookie nor the page is at its hand.
    expect(await plots.evaluate("window.origin")).toBe("null");
    expect(problems).toEqual([]);
    await context.close();
  });

  test.each([
    { width: 1280, colours: "light" },
    { width: 400, colours: "dark" },
  ] as const)("axe finds nothing serious at $width pixels, $colours", async (look) => {
    const repository = makeExperimentRepository();
    expect((await repository.run(["sweep", "-n", "s", "x=1,2,3,13"])).exitCode).toBe(1);
    await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=7,8"]);
    const { page, context } = await open(repository, look);
    await page.getByText("2 wait in the queue").click();
    await page.getByLabel("choose s-1", { exact: true }).check();
    await page.getByLabel("choose s-2", { exact: true }).check();
    await page.locator("#changed-files").waitFor();
    await page.getByRole("button", { name: "s-3", exact: true }).click();
    await page.locator("#log").waitFor();
    expect(await violations(page)).toEqual([]);
    const widths = await page.evaluate<readonly number[]>("[document.documentElement.scrollWidth, innerWidth]");
    expect(widths[0] ?? 0).toBeLessThanOrEqual(widths[1] ?? 0);
    await context.close();
  });
});
