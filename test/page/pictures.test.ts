/**
 * The pictures of the README, of a sweep of the penguins: `SWEEPLINE_PICTURES=1 npx vitest run test/page/pictures.test.ts` makes
 * them anew. They are not compared: fonts differ from machine to machine.
 */
import { cpSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";
import { startUi } from "../server/rig.ts";
import { describeInBrowser, openPage, startBrowser } from "./browser.ts";

const sweep = [
  "sweep",
  "train.lr=0.001,0.01,0.1,1",
  "train.hidden=2,8,32",
  "train.l2=0.001,2",
  "--report",
  "report.html",
];

describeInBrowser("the README's pictures", () => {
  test.runIf(process.env.SWEEPLINE_PICTURES !== undefined)("are made where they are asked for", async () => {
    const repository = makeRepository();
    cpSync(path.join(checkout, "examples", "penguins"), repository.folder, { recursive: true });
    repository.git("add", "--all");
    repository.git("commit", "--quiet", "--message", "penguins");
    // Some of its points fail: they are part of the picture.
    const { exitCode } = await repository.run(sweep);
    if (exitCode !== 1) throw new Error(`the sweep ended with ${exitCode}`);
    const browser = await startBrowser();
    const report = pathToFileURL(path.join(repository.folder, "report.html")).href;
    for (const colours of ["light", "dark"] as const) {
      const { page, context } = await openPage(browser, report, { network: "cut", colours });
      await page.locator("#curves .chart canvas").waitFor();
      await page.screenshot({ path: path.join(checkout, "docs", "pictures", `report-${colours}.png`), fullPage: true });
      await context.close();
    }
    const ui = await startUi(repository);
    const { page } = await openPage(browser, ui.address.href, { network: "there" });
    await page.locator("#curves .chart canvas").waitFor();
    // Slow ones, so that some still wait when the picture is taken.
    repository.write({ "params.yaml": repository.read("params.yaml").replace(/epochs: \d+/, "epochs: 4000") });
    const more = repository.start(["sweep", "train.lr=0.02,0.03,0.04,0.05", "train.hidden=32", "-j", "2"]);
    await page.locator(".table .state", { hasText: "running: train" }).first().waitFor();
    await page.screenshot({ path: path.join(checkout, "docs", "pictures", "ui-light.png"), fullPage: true });
    if ((await more.kill("SIGINT")).exitCode !== 252) throw new Error("the sweep went on");
    if ((await ui.command.kill("SIGINT")).exitCode !== 252) throw new Error("the page went on");
    await browser.close();
    if ((await ui.command.kill("SIGINT")).exitCode !== 252) throw new Error("the page went on");
  });
});
