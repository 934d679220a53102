/**
 * Named engines: Git's configuration, `sweepline.engine.NAME.*`, since no clone brings that: a script of the site's in a
 * repository's own files would be a stranger's. DVC's config files have no room for them: DVC refuses sections that it does not know.
 */
import type { Repository } from "../git/repository.ts";
import { gitSettings } from "../git/settings.ts";

/** Options of a named engine. */
export const engineOptions = ["type", "slurm", "template", "pack"] as const;
export type EngineOption = (typeof engineOptions)[number];

export interface EngineSettings {
  /** The engine where none is named. */
  readonly usual: string | undefined;
  readonly named: ReadonlyMap<string, ReadonlyMap<EngineOption, string>>;
}

export const engineNamePattern = "[A-Za-z][A-Za-z0-9-]{0,40}";

const isOption = (text: string): text is EngineOption => engineOptions.some((option) => option === text);

export async function engineSettings(repository: Repository): Promise<EngineSettings> {
  const settings = await gitSettings(repository, "sweepline.engine");
  const named = new Map<string, Map<EngineOption, string>>();
  for (const [key, value] of settings) {
    const [, name, option = ""] = /^(.+)\.([a-z]+)$/.exec(key) ?? [];
    if (name === undefined || !isOption(option)) continue;
    named.set(name, (named.get(name) ?? new Map<EngineOption, string>()).set(option, value));
  }
  return { usual: settings.get("default") || undefined, named };
}
