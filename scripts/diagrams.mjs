// Writes grammar/diagrams.html anew from the parser. A test fails while it is stale.
import { writeFileSync } from "node:fs";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: ["grammar/override/diagrams.ts"],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { renderDiagrams } = await import(`data:text/javascript;base64,${code}`);
writeFileSync("grammar/diagrams.html", renderDiagrams());
