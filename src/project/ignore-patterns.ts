/** The lines of files of rules, .gitignore and .dvcignore: what they say of a path that is relative to their folder. */
import { type IgnoreLine, readIgnoreLine } from "./ignore-line.ts";

export interface IgnoreAnswer {
  readonly ignored: boolean;
  /** A line takes back what others, also of other files, ignore. */
  readonly unignored: boolean;
}

const nothingSaid: IgnoreAnswer = { ignored: false, unignored: false };

interface Numbered {
  readonly number: number;
  readonly line: IgnoreLine;
}

/** The last line that is for a path counts; what lies in an ignored folder is ignored. */
export class IgnorePatterns {
  private count = 0;
  /** Lines without a star, by what they name: files of rules list thousands of names. */
  private readonly literals = { name: new Map<string, Numbered[]>(), path: new Map<string, Numbered[]>() };
  /** The others. */
  private readonly patterns: Numbered[] = [];
  private readonly folders = new Map<string, IgnoreAnswer>();

  /** Adds lines behind those that are there. */
  add(lines: string | readonly string[]): this {
    this.folders.clear();
    for (const text of typeof lines === "string" ? lines.replace(/^\ufeff/, "").split(/\r?\n/) : lines) {
      const line = readIgnoreLine(text);
      if (line === undefined) continue;
      const numbered = { number: this.count++, line };
      if (line.literal === undefined) this.patterns.push(numbered);
      else {
        const same = this.literals[line.of].get(line.literal);
        if (same === undefined) this.literals[line.of].set(line.literal, [numbered]);
        else same.push(numbered);
      }
    }
    return this;
  }

  /** @param path with "/" at its end for a folder */
  test(path: string): IgnoreAnswer {
    const known = this.folders.get(path);
    if (known !== undefined) return known;
    const isFolder = path.endsWith("/");
    const own = isFolder ? path.slice(0, -1) : path;
    const slash = own.lastIndexOf("/");
    const above = slash < 0 ? nothingSaid : this.test(own.slice(0, slash + 1));
    const answer = above.ignored ? above : this.ofEntry(own, isFolder ? "folder" : "file");
    if (isFolder) this.folders.set(path, answer);
    return answer;
  }

  private ofEntry(path: string, kind: "file" | "folder"): IgnoreAnswer {
    const isFor = ({ line }: Numbered) => kind === "folder" || !line.foldersOnly;
    const named = this.literals.name.get(path.slice(path.lastIndexOf("/") + 1));
    let last = later(named?.findLast(isFor), this.literals.path.get(path)?.findLast(isFor));
    const names = this.patterns.length === 0 ? [] : path.split("/");
    for (let at = this.patterns.length - 1; at >= 0; at--) {
      const pattern = this.patterns[at];
      if (pattern === undefined || pattern.number < (last?.number ?? -1)) break;
      if (!isFor(pattern) || !pattern.line.matches(names)) continue;
      last = pattern;
      break;
    }
    if (last === undefined) return nothingSaid;
    return { ignored: !last.line.negated, unignored: last.line.negated };
  }
}

function later(a: Numbered | undefined, b: Numbered | undefined): Numbered | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.number > b.number ? a : b;
}
