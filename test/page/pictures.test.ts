/**
 * The pictures of the README, of a sweep of the penguins: `SWEEPLINE_PICTURES=1 npx vitest run test/page/pictures.test.ts` makes
 * them anew. They are not compared: fonts differ from machine to machine.
 */
import { cpSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";
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
    await browser.close();
  });
});
