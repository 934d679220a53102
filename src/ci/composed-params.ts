/**
 * What the configs of a plan's commit make of its points, as far as any machine would: a result was composed elsewhere, where
 * the environment and folders outside of the repository may be others.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { relativePosix } from "../base/paths.ts";
import { isList, isMap, sameValue, type Value } from "../base/value.ts";
import type { ConfigPlace } from "../config/project-place.ts";
import type { ConfigNode } from "../config/types.ts";
import type { CatFile } from "../git/catfile.ts";
import type { ObjectId } from "../git/ids.ts";
import { listTree } from "../git/list-tree.ts";
import type { Repository } from "../git/repository.ts";
import { readDataFile } from "../params/data-file.ts";
import type { ParamEdit } from "../params/types.ts";

type Configs = import("../config/project-config.ts").ProjectConfigs;

/** A folder with more than that is not read from a commit. */
const room = { files: 10_000, each: 1024 * 1024, all: 64 * 1024 * 1024 };

export interface ConfigCommit {
  readonly repository: Repository;
  readonly commit: ObjectId;
  readonly objects: CatFile;
  /** Where the commit's files would lie. */
  readonly place: Omit<ConfigPlace, "environment">;
}

/** Config files by their names; undefined where the commit has not all of them itself. */
async function configFilesOf({ repository, commit, objects, place }: ConfigCommit) {
  const folder = relativePosix(repository.workTree, place.folder);
  if (folder === "" || folder.startsWith("..") || path.isAbsolute(folder)) return undefined;
  const tree = await objects.read(`${commit}:${folder}`);
  if (tree?.type !== "tree") return undefined;
  const rows = (await listTree(repository, tree.id)).toString().split("\0").filter(Boolean);
  const entries = rows.map((row) => /^(\d+) \w+ (\w+)\t(.+)$/s.exec(row) ?? []);
  // A link may lead out of the commit.
  if (entries.length > room.files || entries.some(([, mode]) => !mode?.startsWith("100"))) return undefined;
  const files = new Map<string, Uint8Array>();
  const blobs = await objects.readWithin(
    entries.map(([, , id = ""]) => id),
    { ...room },
  );
  for (const [at, [, , , name = ""]] of entries.entries()) {
    const blob = blobs[at];
    if (blob === undefined || !("content" in blob)) return undefined;
    files.set(name, blob.content);
  }
  return files;
}

/** An environment without variables, that knows whether one was asked for. */
class Environment {
  isUsed = false;
  readonly variables = new Proxy<Record<string, string | undefined>>(
    {},
    {
      getOwnPropertyDescriptor: () => {
        this.isUsed = true;
        return undefined;
      },
    },
  );
}

/** Whether a value can be what a node says before its interpolations are resolved: those may become anything. */
function fits(node: ConfigNode, value: Value | undefined): boolean {
  if (node.kind === "scalar")
    return (typeof node.value === "string" && node.value.includes("${")) || isSameScalar(node.value, value);
  if (node.kind === "list")
    return isList(value) && value.length === node.items.length && node.items.every((item, at) => fits(item, value[at]));
  return (
    isMap(value) && value.size === node.entries.size && [...node.entries].every(([key, at]) => fits(at, value.get(key)))
  );
}

/** By its text: a file that is written and read again may have made a text of a date, or the other way round. */
function isSameScalar(a: Value, b: Value | undefined): boolean {
  return b !== undefined && !isMap(b) && !isList(b) && String(a) === String(b);
}

export class ComposedParams {
  private configs: Promise<Configs | undefined> | undefined;
  private readonly environment = new Environment();

  constructor(private readonly from: ConfigCommit) {}

  /**
   * Whether a composed file may be the outcome of the edits of its point; undefined where that can't be told: the configs are
   * not all in the commit, or depend on the machine.
   */
  async mayBe(edits: readonly ParamEdit[], composed: Value): Promise<boolean | undefined> {
    this.configs ??= this.open();
    const configs = await this.configs;
    if (configs === undefined) return undefined;
    this.environment.isUsed = false;
    try {
      const composition = configs.compose(edits);
      const searched = composition.hydra.entries.get("searchpath");
      const isAlone = searched === undefined || (searched.kind === "list" && searched.items.length === 0);
      if (this.environment.isUsed || !(isAlone || (searched.kind === "scalar" && searched.value === null)))
        return undefined;
      return await this.isOutcome(configs, composition, composed);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      return undefined;
    }
  }

  private async isOutcome(
    configs: Configs,
    composition: ReturnType<Configs["compose"]>,
    composed: Value,
  ): Promise<boolean> {
    const text = this.textOf(configs, composition);
    if (text === undefined) return fits(composition.config, composed);
    return sameValue(await readDataFile({ path: "params.yaml", bytes: Buffer.from(text) }), composed);
  }

  /** undefined where the text is another one with each environment. */
  private textOf(configs: Configs, composition: ReturnType<Configs["compose"]>): string | undefined {
    try {
      const value = configs.resolved(composition);
      return this.environment.isUsed ? undefined : configs.textOf(value);
    } catch (error) {
      if (!(error instanceof SweeplineError && this.environment.isUsed)) throw error;
      return undefined;
    }
  }

  private async open(): Promise<Configs | undefined> {
    try {
      const files = await configFilesOf(this.from);
      if (files === undefined) return undefined;
      const [{ ProjectConfigs }, { MemoryTree }] = await Promise.all([
        import("../config/project-config.ts"),
        import("../config/tree.ts"),
      ]);
      return new ProjectConfigs({ ...this.from.place, environment: this.environment.variables }, new MemoryTree(files));
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      return undefined;
    }
  }
}
