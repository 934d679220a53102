/** The page of `matrix collect --html` in a real browser, as a job uploads it: jobs ran in clones, one point failed. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { makeExperimentRepository } from "../cli/exp-project.ts";
import { Repository } from "../rig/index.ts";
import { describeInBrowser, openPage, patience, startBrowser } from "./browser.ts";

describeInBrowser("the page of collected points", () => {
  test("shows what the jobs pushed and the end of the log of what failed, and asks for nothing", async () => {
    const repository = makeExperimentRepository();
    const bare = path.join(repository.root, "remote.git");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env: repository.env });
    repository.git("remote", "add", "origin", bare);
    repository.git("push", "--quiet", "origin", "main");
    await repository.succeed(["matrix", "plan", "x=1,2,13", "-n", "p", "-o", "../sweep.json"]);
    const plan = path.join(repository.root, "sweep.json");
    const root = path.join(repository.root, "job");
    mkdirSync(root);
    const job = new Repository(root);
    execFileSync("git", ["clone", "--quiet", `file://${bare}`, job.folder], { env: job.env, stdio: "pipe" });
    expect((await job.run(["matrix", "run", "--plan", plan, "--no-cache", "--point", "0-2"])).exitCode).toBe(1);

    const report = path.join(repository.root, "report.html");
    const collected = await repository.run(["matrix", "collect", "--plan", plan, "--no-cache", "--html", report]);
    expect(collected.exitCode).toBe(1);

    const browser = await startBrowser();
    const address = pathToFileURL(report).href;
    const { page, requests, problems } = await openPage(browser, address, { network: "cut" });
    await expect
      .poll(() => page.locator("#counts").textContent(), { timeout: patience })
      .toBe("2 experiments: 2 finished");
    const names = await page.locator(".table tbody th").allInnerTexts();
    expect(names.toSorted()).toEqual(["p-1", "p-2"]);
    const failure = page.locator("#failures summary");
    expect(await failure.textContent()).toMatch(/^1 × 13 is no number for a stage/);
    await failure.click();
    expect(await page.locator("#failures details p").textContent()).toBe("p-3 (point 2, job 2)");
    expect(await page.locator("#failures pre").textContent()).toContain("13 is no number for a stage");
    expect(requests).toEqual([address]);
    expect(problems).toEqual([]);
    await browser.close();
  });
});
