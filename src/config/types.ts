/** A composed config: values that know where they came from. Nodes are never changed in place, so that points share them. */
import type { Scalar } from "../base/value.ts";
import type { SourceText } from "../params/config-file.ts";

/** Where a value was written. */
export type Source =
  | { readonly kind: "file"; readonly file: SourceText; readonly offset: number }
  | { readonly kind: "override"; readonly text: string }
  /** What Hydra brings along itself. */
  | { readonly kind: "hydra" };

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: Scalar;
  readonly source: Source;
}

export interface MapNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<Scalar, ConfigNode>;
  readonly source: Source;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ConfigNode[];
  readonly source: Source;
}

export type ConfigNode = ScalarNode | MapNode | ListNode;

/** A key of a mapping, or an index of a list. */
export type Path = readonly Scalar[];

/** The folder of config files, wherever it lies. Names are from its top, with `/`, without `.yaml`. */
export interface ConfigTree {
  /** For messages: where the tree was looked for. */
  readonly places: readonly string[];
  /** The bytes of `<name>.yaml` and the path to show for it, or undefined where there is none. */
  read(name: string): { readonly path: string; readonly bytes: Uint8Array } | undefined;
  isGroup(name: string): boolean;
  /** Names of the configs in a group, without suffix. */
  options(group: string): readonly string[];
}

/** One entry of a defaults list, as it is written. */
export type DefaultsEntry =
  | { readonly kind: "self" }
  | {
      readonly kind: "config";
      /** `base`, `db/mysql`, `/db/mysql`. */
      readonly path: string;
      readonly package: string | null;
      readonly optional: boolean;
    }
  | {
      readonly kind: "group";
      readonly group: string;
      /** null chooses nothing; "???" must be chosen; a list chooses several. */
      readonly value: string | null | readonly string[];
      readonly package: string | null;
      readonly optional: boolean;
      readonly override: boolean;
    };

export interface ConfigFile {
  readonly name: string;
  readonly source: SourceText | undefined;
  /** Without its defaults list. */
  readonly content: MapNode | ListNode;
  readonly defaults: readonly DefaultsEntry[];
  /** Of the comment `# @package foo.bar` at the top. */
  readonly packageHeader: string | null;
}

/** One line of the resolved defaults list: which file goes where. */
export interface ResolvedDefault {
  readonly config: string;
  readonly package: string;
  /** The config whose defaults list brought it; null for the primary config. */
  readonly parent: string | null;
  /** The config's own content, where its defaults list places it. */
  readonly isSelf: boolean;
  readonly isPrimary: boolean;
}

export type OverrideKind = "change" | "add" | "force-add" | "delete" | "extend-list";

/** One override of a config: of a group (`db=mysql`) or of a value. Which of the two it is, only the tree knows. */
export interface ConfigOverride {
  readonly text: string;
  readonly kind: OverrideKind;
  /** Without prefix and package: `db`, `server/site`, `train.lr`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly package: string | null;
  /** undefined for a bare delete. */
  readonly value: ConfigNode | undefined;
}

/** What the files alone make, for one set of choices: points of a sweep that choose the same options share it. */
export interface MergedFiles {
  readonly list: readonly ResolvedDefault[];
  readonly choices: ReadonlyMap<string, string | null>;
  readonly merged: MapNode;
  /** Deletions that met no entry of the defaults list: they are about values. */
  readonly leftDeletions: ReadonlySet<string>;
}

export interface Composition {
  readonly defaults: readonly ResolvedDefault[];
  /** What was chosen for each group: `db`, `db@backup`. */
  readonly choices: ReadonlyMap<string, string | null>;
  /** The config as merged, interpolations as they are written, without `hydra`. */
  readonly config: MapNode;
  /** The `hydra` part, kept apart. */
  readonly hydra: MapNode;
}
