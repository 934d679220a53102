/** Hashes in a .dvc file as DVC writes them. */
import { dumpYaml } from "../../yaml/ruamel.ts";

/** The editor of parameter files quotes what some reader might take for a number; DVC writes what ruamel takes for a text. */
export function plainHashes(text: string): string {
  return text.replace(
    /^([- ] +)?(rev_lock|md5): '([0-9a-f]{32,64}(?:\.dir)?)'$/gm,
    (line, start = "", key = "", hash = "") => {
      const plain = dumpYaml(new Map([[key, hash]])).trimEnd();
      return plain === `${key}: ${hash}` ? `${start}${plain}` : line;
    },
  );
}
