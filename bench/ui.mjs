// `sweepline ui` with 10,000 experiments in a real Chromium: the first picture, sorting, brushing, and what it costs where nothing happens.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { computingOf } from "./long-queue.mjs";
import { memoryOf, runProgram } from "./measure.mjs";
import { addExperiments, makeTrivialRepository } from "./repositories.mjs";
import { memoryRow, secondsRow } from "./rows.mjs";

const program = process.env.SWEEPLINE_CHROMIUM ?? "/usr/bin/chromium";
const idleMs = 10_000;
/** V8 tidies up once, some 20 s after the last work. */
const calmMs = 30_000;

/** The process, with the address that it prints. */
function startUi(bench, cwd) {
  const [file, ...words] = [...bench.ours, "ui", "--json"];
  const child = spawn(file, words, { cwd, env: bench.env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error("sweepline ui ended")));
    child.stdout.once("data", (text) => resolve({ child, address: JSON.parse(String(text)).address }));
  });
}

async function secondsOf(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** In the page: from the click to the picture after the table has changed. */
const sortMs = `(async () => {
  const first = () => document.querySelector(".table tbody th")?.textContent;
  const before = first();
  const button = document.querySelector(".table thead th.metric button");
  const start = performance.now();
  button.click();
  while (first() === before && performance.now() - start < 20000) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
})()`;

/** Pulls over a half of the first axis; from letting go to the table that has less. */
async function brushSeconds(page) {
  const box = await page.locator("#parallel .chart").boundingBox();
  await page.mouse.move(box.x + 50, box.y + 45);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, box.y + 120, { steps: 3 });
  return secondsOf(async () => {
    await page.mouse.up();
    await page.waitForFunction("/^\\d+ of /.test(document.querySelector('#counts').textContent)", undefined, {
      polling: "raf",
    });
  });
}

async function idleComputing(pid) {
  const before = computingOf(pid);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  return computingOf(pid) - before;
}

async function measurePage(browser, { child, address }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  const shown = async () => {
    await page.goto(address);
    await page.locator(".table tbody tr[data-id]").first().waitFor();
  };
  const cold = await secondsOf(shown);
  await page.waitForTimeout(idleMs);
  const warm = await secondsOf(shown);
  await page.locator("#parallel .chart canvas").first().waitFor();
  await page.waitForTimeout(3_000);
  const sort = Number(await page.evaluate(sortMs)) / 1000;
  const brush = await brushSeconds(page);
  await page.waitForTimeout(calmMs);
  return [
    secondsRow("ui of 10,000, first rows, experiments not read yet", cold, 2),
    secondsRow("ui of 10,000, first rows of a page that is loaded anew", warm, 2),
    secondsRow("sorting 10,000 in the page", sort, 0.2),
    secondsRow("brushing 10,000 in the page", brush, 0.2),
    memoryRow("memory of its server", memoryOf(child.pid, "VmRSS"), 300),
    secondsRow("computing of its server in 10 s in which nothing happens", await idleComputing(child.pid), 0.01),
  ];
}

export async function uiTenThousand(bench) {
  if (!existsSync(program)) return [];
  const folder = makeTrivialRepository(bench.env);
  addExperiments(folder, bench.env, bench.quick ? 1_000 : 10_000);
  await runProgram({ argv: [...bench.ours, "exp", "show", "-A", "--json"], cwd: folder, env: bench.env });
  const ui = await startUi(bench, folder);
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath: program, args });
  try {
    return await measurePage(browser, ui);
  } finally {
    await browser.close();
    ui.child.kill("SIGINT");
  }
}
