/** A real Chromium. Its program is named by SWEEPLINE_CHROMIUM, or Debian's; where there is none, tests of pages are skipped. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { describe } from "vitest";

/** Ends a hang: ten times what a busy machine needs. */
export const patience = 250_000;

const program = process.env.SWEEPLINE_CHROMIUM ?? "/usr/bin/chromium";

export function describeInBrowser(name: string, tests: () => void): void {
  const isThere = existsSync(program);
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: no Chromium at ${program})`, tests);
}

export function startBrowser(): Promise<Browser> {
  // In a container it runs as root, without a sandbox of its own, and with little shared memory.
  return chromium.launch({
    executablePath: program,
    timeout: patience,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
}

export interface Look {
  readonly width?: number;
  readonly colours?: "light" | "dark";
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What it asked for, beside itself. */
  readonly requests: string[];
  /** Errors of its program, refusals of its policy, and dialogs. */
  readonly problems: string[];
}

/** @param network "cut": whatever the page asks for, it gets nothing but files */
export async function openPage(
  browser: Browser,
  address: string,
  { network, width = 1280, colours = "light" }: Look & { readonly network: "cut" | "there" },
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: colours,
    offline: network === "cut",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, context, requests, problems };
}
