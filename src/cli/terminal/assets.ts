/** Parts of the program that are no code of its own: built beside it, read when needed. */
import { fileURLToPath } from "node:url";
import { readPlainFile } from "../../base/files.ts";

/** Each is made by scripts/build.mjs. */
export type AssetName = "plots-page.js" | "report-page.js" | "ui-page.js" | "page-style.css";

/** The text of a file that the build put beside the program. */
export function readAsset(name: AssetName): string {
  return readPlainFile(fileURLToPath(new URL(`./${name}`, import.meta.url))).toString("utf8");
}
