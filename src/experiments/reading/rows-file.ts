import path from "node:path";
import type { Project } from "../../project/project.ts";

/** The file in which RowCache keeps what commits said. */
export function rowsFile({ tmpDir }: Project): string {
  return path.join(tmpDir, "sweepline", "state", "rows");
}
