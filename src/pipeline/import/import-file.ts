/** The .dvc file of an import: where its data came from, and what it was then. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readIfExists, writeAtomic } from "../../base/files.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { openParamFile } from "../../params/data-file.ts";
import type { ParamEdit } from "../../params/types.ts";
import type { DataHash } from "../../store/hash.ts";
import type { BucketFacts } from "../../store/remotes/bucket-data.ts";
import { dumpYaml } from "../../yaml/ruamel.ts";
import { plainHashes } from "../lock/plain-hashes.ts";
import { stageMd5 } from "../lock/stage-md5.ts";
import { buildDataStage } from "../reading/data-stage.ts";
import type { RecordedSettings } from "../types.ts";

/** What is recorded of the source: a commit, or what lay at a path or URL. */
export type SourceFacts =
  | {
      readonly kind: "repository";
      readonly path: string;
      readonly url: string;
      readonly rev: string | undefined;
      readonly commit: string | undefined;
      readonly settings: RecordedSettings;
    }
  | { readonly kind: "path"; readonly path: string; readonly hash: DataHash | undefined }
  | { readonly kind: "bucket"; readonly path: string; readonly facts: BucketFacts | undefined }
  | {
      readonly kind: "url";
      readonly path: string;
      readonly checksum: string | undefined;
      readonly size: number | undefined;
    };

type Fields = readonly (readonly [string, Value])[];

function hashFields(hash: DataHash | undefined): Fields {
  if (hash === undefined) return [];
  return [
    ["md5", hash.md5],
    ["size", BigInt(hash.size)],
    ...(hash.nfiles === undefined ? [] : [["nfiles", BigInt(hash.nfiles)] as const]),
    ...(hash.isexec === true ? [["isexec", true] as const] : []),
  ];
}

function etagFields({ etag, size }: { readonly etag: string; readonly size: number }): Fields {
  return [
    ["etag", etag],
    ["size", BigInt(size)],
  ];
}

function dependencyFields(source: SourceFacts): Fields {
  if (source.kind === "path") return [...hashFields(source.hash), ["hash", "md5"], ["path", source.path]];
  if (source.kind === "bucket") {
    const { facts } = source;
    const fields = facts === undefined ? [] : "etag" in facts ? etagFields(facts) : hashFields(facts);
    return [...fields, ["hash", "md5"], ["path", source.path]];
  }
  if (source.kind === "url")
    return [
      ...(source.checksum === undefined ? [] : [["checksum", source.checksum] as const]),
      ...(source.size === undefined ? [] : [["size", BigInt(source.size)] as const]),
      ["hash", "md5"],
      ["path", source.path],
    ];
  const repo = new Map<Scalar, Value>([
    ["url", source.url],
    ...(source.rev === undefined ? [] : [["rev", source.rev] as const]),
    ...(source.commit === undefined ? [] : [["rev_lock", source.commit] as const]),
    ...(source.settings.config === undefined ? [] : [["config", source.settings.config] as const]),
    ...(source.settings.remote === undefined ? [] : [["remote", source.settings.remote] as const]),
  ]);
  return [
    ["path", source.path],
    ["repo", repo],
  ];
}

export interface ImportFile {
  readonly source: SourceFacts;
  /** undefined: the data was not fetched. */
  readonly hash: DataHash | undefined;
  /** Relative to the folder of the .dvc file. */
  readonly name: string;
}

/** Nobody has looked at the source yet: `--no-exec`. */
function isUnseen({ source }: ImportFile): boolean {
  if (source.kind === "bucket") return source.facts === undefined;
  return source.kind === "repository"
    ? source.commit === undefined
    : source.kind === "path"
      ? source.hash === undefined
      : source.checksum === undefined && source.size === undefined;
}

/** The text of a new one, as DVC writes it. */
export function importFileText(file: ImportFile): string {
  const value: Fields = [
    ["frozen", true],
    ["deps", [new Map(dependencyFields(file.source))]],
    ["outs", [new Map<Scalar, Value>([...hashFields(file.hash), ["hash", "md5"], ["path", file.name]])]],
  ];
  const whole = new Map<Scalar, Value>(value);
  return dumpYaml(isUnseen(file) ? whole : new Map<Scalar, Value>([["md5", stageMd5(whole)], ...value]));
}

function setting(keys: readonly string[], value: Value | undefined): ParamEdit {
  const text = keys.join(".");
  return value === undefined
    ? { kind: "delete", path: keys, value, text }
    : { kind: "force-add", path: keys, value, text };
}

function itemAt(value: ValueMap, list: string): ValueMap {
  const items = value.get(list);
  const first = isList(items) ? items[0] : undefined;
  return isMap(first) ? first : new Map();
}

const hashKeys = ["md5", "size", "nfiles", "isexec", "checksum", "etag"];

/** Edits that make one item say these fields, and nothing else of its hash. */
function itemEdits(value: ValueMap, list: string, fields: Fields): readonly ParamEdit[] {
  const wanted = new Map(fields);
  const item = itemAt(value, list);
  const gone = hashKeys
    .filter((key) => item.has(key) && !wanted.has(key))
    .map((key) => setting([list, "0", key], undefined));
  return [...gone, ...fields.map(([key, each]) => setting([list, "0", key], each))];
}

/**
 * Brings a .dvc file up to date: keys that are there keep their place, comments stay. Answers whether it changed.
 */
export async function updateImportFile(
  root: string,
  file: string,
  { source, hash }: Omit<ImportFile, "name">,
): Promise<boolean> {
  const absolute = path.join(root, file);
  const before = readIfExists(absolute);
  if (before === undefined)
    throw new SweeplineError({
      code: "STAGE_FILE_MISSING",
      message: `'${absolute}' does not exist`,
      missing: [absolute],
    });
  const { value } = buildDataStage({ file, root }, before);
  const deps = dependencyFields(source).filter(([key]) => key !== "path" && key !== "repo");
  const repository: readonly ParamEdit[] =
    source.kind !== "repository"
      ? []
      : [
          ...(source.rev === undefined ? [] : [setting(["deps", "0", "repo", "rev"], source.rev)]),
          setting(["deps", "0", "repo", "rev_lock"], source.commit ?? null),
        ];
  const outs: Fields = [...hashFields(hash), ["hash", "md5"]];
  const edits = [...repository, ...itemEdits(value, "deps", deps), ...itemEdits(value, "outs", outs)];
  const edited = (await openParamFile({ path: file, bytes: before })).edit(edits);
  const after = buildDataStage({ file, root }, Buffer.from(edited)).value;
  const text = (await openParamFile({ path: file, bytes: Buffer.from(edited) })).edit([
    setting(["md5"], stageMd5(after)),
  ]);
  const written = plainHashes(text);
  if (written === before.toString("utf8")) return false;
  writeAtomic(absolute, written);
  return true;
}
