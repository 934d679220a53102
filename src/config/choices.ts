/** What is chosen for each group: by overrides, by `override` entries of defaults lists, by the lists themselves. */

import { pythonRepr } from "../base/python.ts";
import { isList } from "../base/value.ts";
import { plainNode } from "./node.ts";
import { configPath, type GroupEntry, groupPath, optionOf, overrideKey, type Placed, place } from "./placed.ts";
import type { ConfigFiles } from "./read.ts";
import { refuse } from "./source.ts";
import type { ConfigOverride } from "./types.ts";

interface Choice {
  readonly value: string | null | readonly string[];
  /** As typed, or undefined where a defaults list chose. */
  readonly text: string | undefined;
  /** The config whose defaults list chose. */
  readonly config: string | undefined;
  /** It stands in the primary list: what `+group=option` appends comes after it. */
  readonly isBeforeAppended?: boolean;
  used: boolean;
}

/** The config whose defaults list has an `override`, and whether that is the primary one. */
export interface ListedIn {
  readonly config: string;
  readonly isPrimary: boolean;
}

interface Deletion {
  readonly option: string | undefined;
  readonly override: ConfigOverride;
  /** A name that is no group: it may be a config of a defaults list (Hydra 1.4), else it is a value. */
  readonly isGroup: boolean;
  used: boolean;
}

function namesGroup(files: ConfigFiles, { key, value }: ConfigOverride): boolean {
  return value?.kind !== "map" && key !== "" && files.isGroup(key);
}

function mayDeleteConfig({ kind, key, value, package: packageName }: ConfigOverride): boolean {
  return kind === "delete" && value === undefined && packageName === null && key !== "";
}

/** Whether an override can change which files are composed. Any other is about a value, whatever the defaults list says. */
export function concernsDefaults(files: ConfigFiles, override: ConfigOverride): boolean {
  return namesGroup(files, override) || mayDeleteConfig(override);
}

/** Bookkeeping of one composition. Which overrides belong to values is known only when the defaults list is done. */
export class Choices {
  /** Entries that `+group=option` appends to the primary defaults list. */
  readonly appended: readonly GroupEntry[];
  readonly known = new Map<string, string | null>();
  private readonly chosen = new Map<string, Choice>();
  private readonly deletions = new Map<string, Deletion>();
  private readonly ofValues: ConfigOverride[] = [];
  private readonly keysOfGroup = new Map<string, Set<string>>();

  constructor(files: ConfigFiles, overrides: readonly ConfigOverride[]) {
    const appended: GroupEntry[] = [];
    for (const override of overrides) {
      const isGroup = namesGroup(files, override);
      if (override.kind === "delete") this.addDeletion(override, isGroup ? "group" : "value");
      else if (!isGroup) this.ofValues.push(override);
      else if (override.kind === "add") appended.push(appendedEntry(override));
      else this.choose(override);
    }
    this.appended = appended;
  }

  private choose(override: ConfigOverride): void {
    if (override.kind === "force-add")
      throw refuse({
        code: "CONFIG_GROUP_FORCED",
        message: `force-add of config groups is not supported: '${override.text}'`,
        hint: `Write ${keyOf(override)}=... for a group of the defaults list, +${keyOf(override)}=... for any other.`,
      });
    const choice = { value: optionsOf(override), text: override.text, config: undefined, used: false };
    this.chosen.set(keyOf(override), choice);
  }

  private addDeletion(override: ConfigOverride, of: "group" | "value"): void {
    const isGroup = of === "group";
    const option = override.value?.kind === "scalar" ? override.value.value : undefined;
    if (!isGroup && !mayDeleteConfig(override)) {
      this.ofValues.push(override);
      return;
    }
    if (override.value !== undefined && typeof option !== "string")
      throw refuse({ code: "CONFIG_BAD_OPTION", message: `'${override.text}': the option of a group is a text` });
    const deletion = { option: typeof option === "string" ? option : undefined, override, isGroup, used: false };
    this.deletions.set(keyOf(override), deletion);
    if (!isGroup) this.ofValues.push(override);
  }

  /** The overrides of values, in the order given. */
  get valueOverrides(): readonly ConfigOverride[] {
    return this.ofValues.filter((override) => this.deletions.get(override.key)?.used !== true);
  }

  /** An `override group: option` of a defaults list. The first that is met wins: lists are read from the outside in. */
  addListed(placed: Placed<GroupEntry>, { config, isPrimary }: ListedIn): void {
    const key = overrideKey(placed);
    const { value } = placed.entry;
    if (this.chosen.has(key)) return;
    this.chosen.set(key, { value, text: undefined, config, isBeforeAppended: isPrimary, used: false });
  }

  /** The entry with what was chosen for its group in place of its own option. */
  applied(placed: Placed<GroupEntry>): Placed<GroupEntry> {
    const choice = this.chosen.get(overrideKey(placed));
    if (choice === undefined) return placed;
    // Hydra 1.3 lets the list win over the command line there, without a word.
    if (choice.isBeforeAppended === true && this.isAppended(placed)) return placed;
    choice.used = true;
    return place({ ...placed.entry, value: choice.value }, placed.base);
  }

  private isAppended({ entry }: Placed<GroupEntry>): boolean {
    return this.appended.some(
      ({ group, package: packageName }) => group === entry.group && packageName === entry.package,
    );
  }

  /** Whether an override deletes that entry; then it counts as used. */
  deletes(placed: Placed): boolean {
    const isGroup = placed.entry.kind === "group";
    const deletion = this.deletions.get(isGroup ? overrideKey(placed) : configPath(placed));
    if (deletion === undefined || deletion.isGroup !== isGroup) return false;
    if (deletion.option !== undefined && deletion.option !== optionOf(placed.entry)) return false;
    deletion.used = true;
    return true;
  }

  /** Remembers the option of a group. Throws where another entry has chosen differently. */
  remember(placed: Placed<GroupEntry>): void {
    const key = overrideKey(placed);
    const option = optionOf(placed.entry);
    const before = this.known.get(key);
    if (before !== undefined && before !== option)
      throw refuse({
        code: "CONFIG_CHOSEN_TWICE",
        message: `Multiple values for ${key}: '${before}' and '${option}'.`,
        hint: `To choose another option in a defaults list, write 'override ${key}: ${before}'; on the command line ${key}=${before}, without '+'.`,
      });
    this.known.set(key, option);
    const keys = this.keysOfGroup.get(groupPath(placed)) ?? new Set();
    this.keysOfGroup.set(groupPath(placed), keys.add(key));
  }

  /** Throws SweeplineError for an override or deletion that met no entry. */
  checkAllUsed(): void {
    for (const [key, choice] of this.chosen) if (!choice.used) throw this.unusedChoice(key, choice);
    for (const [key, { option, override, isGroup, used }] of this.deletions) {
      if (used || !isGroup) continue;
      const what = option === undefined ? key : `${key}=${option}`;
      throw refuse({
        code: "CONFIG_NOTHING_TO_DELETE",
        message: `Could not delete '${what}'. No match in the defaults list`,
        hint: `'${override.text}' deletes a group that the defaults list chooses.`,
      });
    }
  }

  private unusedChoice(key: string, choice: Choice): Error {
    const { value, text, config } = choice;
    if (choice.isBeforeAppended === true && this.known.has(key))
      return refuse({
        code: "CONFIG_GROUP_NOT_LISTED",
        message: `In '${config}': Invalid Defaults List override '${key}: ${String(value)}'.\nNo earlier Group Default for '${key}' exists to override.`,
        hint: `+${key}=... brings the group after it. List it in '${config}' ('- ${key}: ${String(value)}', without override), and choose with ${key}=...`,
      });
    const near = [...(this.keysOfGroup.get(key.split("@")[0] ?? "") ?? [])].sort();
    const meant =
      near.length === 0
        ? " No match in the defaults list."
        : `\nDid you mean to override ${near.length > 1 ? "one of " : ""}${near.join(", ")}?`;
    const where = config === undefined ? "" : `In '${config}': `;
    const option = typeof value === "object" ? `[${(value ?? []).join(",")}]` : value;
    return refuse({
      code: "CONFIG_GROUP_NOT_LISTED",
      message: `${where}Could not override '${key}'.${meant}`,
      ...(text === undefined ? {} : { hint: `To append to your defaults list use +${key}=${option}` }),
    });
  }
}

function keyOf({ key, package: packageName }: ConfigOverride): string {
  return packageName === null ? key : `${key}@${packageName}`;
}

function optionsOf(override: ConfigOverride): string | readonly string[] {
  const value = override.value === undefined ? null : plainNode(override.value);
  if (override.kind !== "extend-list") {
    if (typeof value === "string") return value;
    if (isList(value) && value.every((item): item is string => typeof item === "string")) return value;
  }
  throw refuse({
    code: "CONFIG_BAD_OPTION",
    message: `'${override.text}': what a config group chooses is a name or a list of names, not ${pythonRepr(value)}`,
    hint: `To choose nothing, delete the group: ~${keyOf(override)}. A name such as 1 or true goes into quotes: ${keyOf(override)}='1'`,
  });
}

function appendedEntry(override: ConfigOverride): GroupEntry {
  return {
    kind: "group",
    group: override.key,
    value: optionsOf(override),
    package: override.package === "_here_" ? "" : override.package,
    optional: false,
    override: false,
  };
}
