/** Several revisions side by side: `exp compare`, and `exp diff` of more than two. */

import { pythonRepr } from "../../base/python.ts";
import { isList, sameValue, type Value } from "../../base/value.ts";
import type { ParamsScope } from "../reading/experiment-data.ts";
import type { Baseline, ExperimentData, FileResult } from "../reading/types.ts";
import { brokenFiles, type UnreadableFile } from "../reading/unreadable.ts";
import type { ExperimentsContext } from "../repository.ts";
import { readRevisions, revisionUnreadable } from "./compare.ts";
import { flattenFile } from "./flatten.ts";

/** A revision, and what it is called in what is printed. */
export interface NamedRevision {
  readonly rev: string;
  readonly label: string;
}

/** File to (dotted name to one value a revision; undefined where it has none). */
export type FilesSideBySide = ReadonlyMap<string, ReadonlyMap<string, readonly (Value | undefined)[]>>;

export interface SideBySide {
  readonly labels: readonly string[];
  readonly metrics: FilesSideBySide;
  readonly params: FilesSideBySide;
  readonly broken: readonly UnreadableFile[];
}

type Files = ReadonlyMap<string, FileResult>;

function isSame(values: readonly (Value | undefined)[]): boolean {
  const [first, ...others] = values;
  return others.every((value) =>
    value === undefined || first === undefined ? value === first : sameValue(value, first),
  );
}

function sideBySide(all: readonly Files[], which: "changed" | "all"): FilesSideBySide {
  const found = new Map<string, Map<string, readonly (Value | undefined)[]>>();
  for (const file of new Set(all.flatMap((files) => [...files.keys()]))) {
    const leaves = all.map((files) => {
      const result = files.get(file);
      return result === undefined ? new Map<string, Value>() : flattenFile(file, result);
    });
    const names = new Map<string, readonly (Value | undefined)[]>();
    for (const name of new Set(leaves.flatMap((each) => [...each.keys()]))) {
      const values = leaves.map((each) => {
        const value = each.get(name);
        return isList(value) ? pythonRepr(value) : value;
      });
      if (which === "all" || !isSame(values)) names.set(name, values);
    }
    if (names.size > 0) found.set(file, names);
  }
  return found;
}

interface Request {
  readonly which: "changed" | "all";
  readonly params: ParamsScope;
}

async function readAll(context: ExperimentsContext, revisions: readonly NamedRevision[], params: ParamsScope) {
  const revs = revisions.map(({ rev }) => rev);
  const outcomes = (await readRevisions(context, revs, { kind: "tracked", params })) ?? [];
  return outcomes.map((outcome, at): { readonly label: string; readonly data: ExperimentData } => {
    const label = revisions[at]?.label ?? "";
    if (outcome.data === null) throw revisionUnreadable(label, outcome);
    return { label, data: outcome.data };
  });
}

/** undefined without commits. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS, REVISION_UNREADABLE. */
export async function diffMany(
  context: ExperimentsContext,
  revisions: readonly NamedRevision[],
  { which, params }: Request,
): Promise<SideBySide | undefined> {
  const all = await readAll(context, revisions, params);
  if (all.length === 0) return undefined;
  return {
    labels: all.map(({ label }) => label),
    metrics: sideBySide(
      all.map(({ data }) => data.metrics),
      which,
    ),
    params: sideBySide(
      all.map(({ data }) => data.params),
      which,
    ),
    broken: all.flatMap(({ label, data }) => brokenFiles(label, data)),
  };
}

/** The revisions as rows of a table, in the order asked. Errors: as diffMany. */
export async function compareRevisions(
  context: ExperimentsContext,
  revisions: readonly NamedRevision[],
  params: ParamsScope,
): Promise<readonly Baseline[]> {
  const all = await readAll(context, revisions, params);
  return all.map(({ label, data }, at) => ({
    rev: revisions[at]?.rev ?? label,
    name: label,
    timestamp: null,
    data,
    error: null,
    experiments: [],
  }));
}
