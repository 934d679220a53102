/** What axe-core finds on a page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly impact: string;
}

/** The rules that it breaks in a serious way. */
export async function violations(page: Page): Promise<readonly string[]> {
  // The page's policy lets no script in: it is run as a debugger's.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  });
  return found.map(({ id }) => id);
}
