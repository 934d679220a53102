import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import { destinationFor } from "../../../pipeline/import/get.ts";
import { originOf } from "../../../pipeline/import/import.ts";
import { openProject } from "../../../project/open.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { addFetchOptions, type FetchFlags, importHere } from "./import-here.ts";

const examples = `
Examples:
  sweepline import-url https://example.com/data.csv raw.csv
  sweepline import-url /mnt/shared/images              a folder
  sweepline import-url s3://bucket/images              a folder or a file in a bucket of S3, read by rclone
  sweepline import-url remote://store/images           the same, of the remote 'store' with its settings
  sweepline update raw.csv.dvc                         later: what it is by then
`;

/** The last part of an address, without what a server is asked beside it. */
function nameIn(url: string): string {
  return url.replace(/[?#].*$/, "");
}

/** `sweepline import-url URL [OUT]` */
export const command: CommandFactory = (io, finish) =>
  addFetchOptions(
    new Command("import-url")
      .description("Copy a file or folder from elsewhere to here, and track it with where it came from.")
      .argument("<url>", "a path, or an http(s), s3:// or remote:// address")
      .argument("[out]", "where to, where it is not its own name"),
  )
    .option("--to-remote", "upload it, and keep no copy here")
    .option("-r, --remote <name>", "with --to-remote: the storage remote, where it is not the default one")
    .addHelpText("after", examples)
    .action(async (url: string, out: string | undefined, flags: FetchFlags) => {
      openProject(io.cwd);
      if (flags.remote !== undefined && !flags.toRemote)
        throw new SweeplineError({ code: "BAD_OPTIONS", message: "--remote can't be used without --to-remote" });
      const shown = withoutCredentials(url);
      const words = `failed to import ${shown}. You could also try downloading it manually, and adding it with \`sweepline add\`.`;
      await failedWith(1, words, async () => {
        const origin = originOf(url);
        const existing = flags.force ? "replace" : "refuse";
        const name = origin.kind === "url" ? nameIn(url) : url.replace(/\/+$/, "");
        const destination = destinationFor({ folder: io.cwd, out, name, existing });
        await importHere(
          io,
          { origin, destination, from: origin.kind === "path" ? path.resolve(io.cwd, url) : shown },
          flags,
        );
      });
      finish(exitCodes.ok);
    });
