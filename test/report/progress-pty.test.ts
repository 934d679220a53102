/** The drawing on a real terminal: tmux plays it, 100 columns wide and 10 rows high. Skipped where tmux is missing. */
import path from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../rig/index.ts";
import { hasTmux, Terminal } from "../rig/terminal.ts";

describe.skipIf(!hasTmux)("on a terminal of 100 columns and 10 rows", () => {
  const folder = makeTemporaryFolder();
  const driver = path.join(folder, "driver.mjs");
  const environment = { PATH: process.env.PATH ?? "", HOME: folder };
  const terminal = new Terminal(folder, environment, { columns: 100, rows: 10 });
  const tmux = (...args: string[]) => terminal.tmux(...args);

  beforeAll(async () => {
    const require = 'import{createRequire as make}from"node:module";const require=make(import.meta.url);';
    await build({
      entryPoints: [path.join(import.meta.dirname, "progress-driver.ts")],
      outfile: driver,
      bundle: true,
      format: "esm",
      platform: "node",
      banner: { js: require },
      logLevel: "silent",
    });
  });

  function start(session: string, args: string): void {
    terminal.start(session, `trap : INT; stty -echo; "${process.execPath}" "${driver}" ${args}`);
  }

  /** Everything on the screen and scrolled off it. */
  const rows = (session: string) => tmux("capture-pane", "-p", "-t", session, "-S", "-").trimEnd().split("\n");
  /** Without the rows in which long lines go on. */
  const history = (session: string) => rows(session).filter((row) => !row.startsWith("    "));
  const cursorIsShown = (session: string) => tmux("display-message", "-p", "-t", session, "#{cursor_flag}").trim();

  async function waitForScreen(session: string, text: string): Promise<void> {
    const screen = () => tmux("capture-pane", "-p", "-t", session);
    await terminal.waitForScreen(screen, (shown) => shown.includes(text), `showed '${text}'`);
  }

  function expectOnlyResults(lines: readonly string[], experiments: number): void {
    const results = lines.filter((line) => /^[✔✖] point-\d+-実験/.test(line));
    expect(results).toHaveLength(experiments);
    // It fits, so that it is not said again at the end.
    expect(lines.filter((line) => line.startsWith("✖"))).toEqual([
      "✖ point-7-実験: stage 'train' failed: sh src/train.sh, exited with 3 (log: logs/point-7-実験)",
    ]);
    // What is left of a frame would be a line of totals or a spinner: each finished line, and nothing else.
    expect(lines.slice(experiments)).toEqual([
      "HINT: `sweepline exp logs 'point-7-実験'` shows all that it printed.",
      expect.stringMatching(new RegExp(`^${experiments - 1} succeeded, 1 failed in `)),
      "the end",
    ]);
  }

  test("results scroll away as lines of their own and no frame is left behind", () => {
    start("many", "120 12 20");
    terminal.waitForEnd("many");
    expectOnlyResults(history("many"), 120);
    expect(cursorIsShown("many")).toBe("1");
  });

  test("Ctrl+C with nobody else to handle it ends the process and shows the cursor", async () => {
    start("stopped", "8 2 20 hold");
    await waitForScreen("stopped", "6 queued");
    expect(cursorIsShown("stopped")).toBe("0");
    tmux("send-keys", "-t", "stopped", "C-c");
    terminal.waitForEnd("stopped");
    expect(cursorIsShown("stopped")).toBe("1");
    expect(history("stopped").join("\n")).not.toContain("queued");
  });

  test("a resize leaves no rows of old frames", async () => {
    start("resized", "40 6 20 hold");
    await waitForScreen("resized", "queued");
    tmux("resize-window", "-t", "resized", "-x", "60", "-y", "10");
    tmux("send-keys", "-t", "resized", "Enter");
    terminal.waitForEnd("resized");
    expect(history("resized").filter((line) => line.includes("queued"))).toEqual([]);
    expect(history("resized").at(-1)).toBe("the end");
  });
});
