/** The report in a real browser: opened from disk, with the network cut. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PageData } from "../../src/report/page/contract.ts";
import { reportPage } from "../../src/report/page/html.ts";
import { checkout, makeTemporaryFolder } from "../rig/index.ts";
import { violations } from "./axe.ts";
import { describeInBrowser, type Look, openPage, patience, startBrowser } from "./browser.ts";
import { pageColumns, pageFacts } from "./page-facts.ts";

const asset = (name: string) => readFileSync(path.join(checkout, "dist", name), "utf8");

function writeReport(data: PageData): string {
  const file = path.join(makeTemporaryFolder(), "report.html");
  writeFileSync(file, reportPage(data, { script: asset("report-page.js"), style: asset("page-style.css") }));
  return pathToFileURL(file).href;
}

/** What a page shows after it has drawn itself anew. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: patience });
const firstNames = (page: Page) => page.locator(".table tbody th").allInnerTexts();
const counts = (page: Page) => page.locator("#counts").textContent();

/** Pulls the mouse along an axis of the parallel coordinates: their place is the chart's, by the margins of the page. */
async function brushAxis(page: Page, axis: number, axes: number): Promise<void> {
  const box = await page.locator("#parallel .chart").boundingBox();
  if (box === null) throw new Error("there is no chart");
  const x = box.x + 50 + (axis * (box.width - 160)) / (axes - 1);
  await page.mouse.move(x, box.y + 45);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 90, { steps: 4 });
  await page.mouse.move(x, box.y + 130, { steps: 4 });
  await page.mouse.up();
}

describeInBrowser("the report", () => {
  let browser: Browser;
  let address: string;
  const open = (look: Look = {}, hash = "") => openPage(browser, `${address}${hash}`, { ...look, network: "cut" });

  beforeAll(async () => {
    browser = await startBrowser();
    address = writeReport(pageFacts(60));
  });
  afterAll(() => browser?.close());

  test("has at most 2 MB beside its data, asks for nothing, and shows all of it", async () => {
    expect(asset("report-page.js").length + asset("page-style.css").length).toBeLessThan(2_000_000);
    const { page, requests, problems, context } = await open();
    expect(await counts(page)).toBe("60 experiments: 54 finished, 6 failed");
    await page.locator("#curves .chart canvas").waitFor();
    await eventually(() => page.locator(".chart canvas").count()).toBe(4);
    await page.getByText("ValueError: the loss is nan").first().click();
    expect(await page.locator("#failures pre").textContent()).toContain("epoch 3");
    expect(requests).toEqual([address]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("sorts, filters and searches, and keeps that in its address", async () => {
    const { page, context } = await open();
    const accuracy = page.getByRole("button", { name: "accuracy" });
    await accuracy.click();
    await eventually(async () => (await firstNames(page))[0]).toBe("point-14");
    await accuracy.press("Enter");
    await page.getByRole("columnheader", { name: "accuracy" }).and(page.locator("[aria-sort=ascending]")).waitFor();
    await page.getByLabel("Where").fill("lr == 0.1 and units > 30");
    await eventually(() => counts(page)).toMatch(/^6 of 60 /);
    await page.reload();
    await eventually(() => counts(page)).toMatch(/^6 of 60 /);
    await page.getByLabel("Where").fill("nosuch > 1");
    await eventually(() => page.locator("#where-problem").textContent()).toContain("'nosuch'");
    await page.locator("#reset").click();
    await page.getByLabel("Search").fill("point-1 adam failed");
    await eventually(() => firstNames(page)).toEqual([]);
    await page.getByLabel("Search").fill("adam failed");
    await eventually(() => firstNames(page)).toEqual(["point-9", "point-39"]);
    await context.close();
  });

  test("brushing an axis filters the table, also after a reload", async () => {
    const { page, context } = await open();
    await page.locator("#parallel .chart canvas").waitFor();
    await brushAxis(page, 1, 4);
    await eventually(() => page.url()).toContain("brush=");
    await eventually(() => counts(page)).toMatch(/^\d+ of 60 /);
    const brushed = await counts(page);
    await page.reload();
    await eventually(() => counts(page)).toBe(brushed);
    await context.close();
  });

  test("compares what is chosen", async () => {
    const { page, context } = await open();
    await page.getByLabel("choose point-0", { exact: true }).check();
    await page.getByLabel("choose point-1", { exact: true }).press("Space");
    await eventually(() => page.locator("#compare thead").textContent()).toContain("point-1");
    const rows = await page.locator("#compare tbody th").allInnerTexts();
    expect(rows).toEqual(["accuracy", "loss", "lr", "units", "optimizer"]);
    await context.close();
  });

  test("hostile names, values and logs run nothing", async () => {
    const hostile = `"'><img src=x onerror="document.title='run'"><script>document.title='run'</script>{a|b}`;
    const facts = pageFacts(30);
    const data: PageData = {
      ...facts,
      title: hostile,
      columns: pageColumns.map((column) => ({ ...column, label: `${column.label}${hostile}` })),
      rows: facts.rows.map((row) => ({
        ...row,
        name: `${row.name}${hostile}`,
        note: hostile,
        tags: [hostile],
        values: row.values.map((value) => (typeof value === "string" ? hostile + value : value)),
      })),
      failures: [{ line: hostile, names: [hostile], log: hostile }],
      curves: facts.curves.map((curve) => ({ ...curve, label: hostile })),
    };
    const { page, requests, problems, context } = await openPage(browser, writeReport(data), { network: "cut" });
    await page.locator("#curves .chart canvas").waitFor();
    await page.locator("#failures summary").click();
    await page.getByRole("checkbox").nth(0).check();
    for (const chart of await page.locator(".chart").all()) await chart.hover();
    expect(await page.title()).toBe(hostile);
    expect(await page.locator("img").count()).toBe(0);
    expect(requests).toHaveLength(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  test.each([
    { width: 1280, colours: "light" },
    { width: 400, colours: "dark" },
  ] as const)(
    "axe finds nothing serious at $width pixels, $colours, and nothing is wider than the page",
    async (look) => {
      const { page, context } = await open(look);
      await page.locator("#curves .chart canvas").waitFor();
      expect(await violations(page)).toEqual([]);
      const widths = await page.evaluate<readonly number[]>("[document.documentElement.scrollWidth, innerWidth]");
      expect(widths[0] ?? 0).toBeLessThanOrEqual(widths[1] ?? 0);
      await context.close();
    },
  );
});
