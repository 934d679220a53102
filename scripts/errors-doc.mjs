// Writes docs/errors.md anew from the tables of codes in src/base; with --stdout prints it. A test fails while it is stale.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const { outputFiles } = await build({
  stdin: {
    contents: 'export * from "./src/base/error-codes.ts"; export * from "./src/base/errors.ts";',
    resolveDir: path.join(import.meta.dirname, ".."),
  },
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { errorAreas, exitCodes, SweeplineError } = await import(`data:text/javascript;base64,${source}`);

const cell = (text) => text.replaceAll("|", "\\|");

function section([area, table]) {
  const rows = Object.entries(table).map(([code, [means, remedy]]) => {
    const { exitCode } = new SweeplineError({ code, message: means });
    const exit = exitCode === exitCodes.refused ? "" : ` Exit code ${exitCode}.`;
    return `| \`${code}\` | ${cell(means + exit)} | ${cell(remedy)} |`;
  });
  return [`## ${area}`, "", "| code | what it means | what to do |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

const text = `# Codes of failures

Every expected failure has a code. It stays the same from version to version, where the words of a message may change:
programs go by the code. The \`failed\` events of \`--json\` have it ([events.md](events.md)), and so has
\`queue status --json\`. On the terminal a failure is a line \`ERROR: ...\`, often with a line \`HINT: ...\` that says what to do in that
very case; with \`-v\` a line \`CODE: ...\` follows. Anything without a code is a bug in sweepline.

The exit code is ${exitCodes.refused} where no other is named. The \`matrix\` commands have exit codes of their own: [ci.md](ci.md).

This file is made from the tables in \`src/base/codes\` by \`node scripts/errors-doc.mjs\`.

${Object.entries(errorAreas).map(section).join("\n")}`;

if (process.argv.includes("--stdout")) process.stdout.write(text);
else writeFileSync(path.join(import.meta.dirname, "..", "docs", "errors.md"), text);
