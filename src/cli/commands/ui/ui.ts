import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { version } from "../../../base/version.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { startUi } from "../../../server/server.ts";
import { readAsset } from "../../terminal/assets.ts";
import { openInBrowser } from "../../terminal/browser.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly port?: number;
  readonly open?: boolean;
  readonly readOnly?: boolean;
  readonly json?: boolean;
}

function portNumber(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (number <= 65_535) return number;
  throw new InvalidArgumentError("not a port (0 to 65535; 0: a free one)");
}

const examples = `
The page is served on 127.0.0.1 only, to the first browser that opens the address, until Ctrl+C. It shows what other terminals,
workers in the background and DVC do meanwhile.

Examples:
  sweepline ui --open
  sweepline ui --port 8080 --read-only
  ssh -L 8080:127.0.0.1:8080 machine 'cd project && sweepline ui --port 8080'
`;

/** `sweepline ui` */
export const command: CommandFactory = (io, finish) =>
  new Command("ui")
    .description("Show experiments on a page that lives: rows, states and metrics come by themselves.")
    .option("--port <n>", "of 127.0.0.1 (default: a free one)", portNumber)
    .option("--open", "open it in your browser")
    .option("--read-only", "show only: nothing can be changed from the page")
    .option("--json", "print the address as JSON")
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const ui = await startUi(context, {
        port: options.port ?? 0,
        access: options.readOnly ? "read only" : "read and change",
        facts: { title: `Experiments of ${path.basename(context.project.root)}`, madeBy: `sweepline ${version}` },
        assets: {
          page: readAsset("ui-page.js"),
          style: readAsset("page-style.css"),
          plots: readAsset("plots-page.js"),
        },
      });
      const { address } = ui;
      const interrupt = listenForInterrupt(io, { endAtOnce: () => "Ended.", advice: "none" });
      try {
        if (options.json) printJson(io, JSON.stringify({ address, pid: process.pid }));
        else print(io, `The page is at ${address}\nCtrl+C ends it.`);
        if (options.open) await openInBrowser(io, address);
        await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve));
      } finally {
        interrupt.release();
        ui.close();
      }
      finish(exitCodes.interrupted);
    });
