/**
 * What the living page and its server say to each other, as JSON: the one contract of both. The server is src/server, the page
 * src/page/ui.tsx. What the page shows is PageData, as in a report; here is what changes it, and what it may ask for.
 */
import type { CellValue, PageColumn, PageCurve, PageData, PageEffects, PageFailure, PageRow } from "./contract.ts";

/** Where the page asks. All are below the server's own origin. */
export const paths = {
  page: "/api/page",
  events: "/api/events",
  log: "/api/log",
  compare: "/api/compare",
  plots: "/plots",
  act: "/api/act",
} as const;

/** In the address that is printed: who opens it first is let in. */
export const entryWord = "t";
/** Of a request that changes something: what /api/page told. */
export const tokenHeader = "x-sweepline-token";

export interface PageQueue {
  /** The process of `queue start`. */
  readonly workers: { readonly jobs: number; readonly state: "working" | "draining" } | null;
  /** Rows that wait, in the order in which they will run: the first of them. */
  readonly waiting: readonly string[];
}

/** Answers GET /api/page. */
export interface LivePage {
  readonly page: PageData;
  readonly queue: PageQueue;
  /** Updates after that one are news. */
  readonly at: string;
  readonly access: "read and change" | "read only";
  /** For tokenHeader; "" where nothing may be changed. */
  readonly token: string;
}

/** The data of an `update` event: what is another than before, and nothing else. */
export interface PageUpdate {
  readonly madeAt: number;
  /** New, or changed in anything. */
  readonly rows: readonly PageRow[];
  readonly removed: readonly string[];
  /** The same columns, with other facts. Where there are other columns, a `reload` event comes instead. */
  readonly columns?: readonly PageColumn[];
  readonly effects?: readonly PageEffects[];
  /** All curves of these rows. */
  readonly curves?: readonly { readonly id: string; readonly curves: readonly PageCurve[] }[];
  readonly failures?: readonly PageFailure[];
  readonly queue?: PageQueue;
}

/** The data of an event of /api/log?id=ROW. */
export interface LogPiece {
  readonly text: string;
  /** "start": of what is there already, the end; what was shown before is of another run. */
  readonly place: "start" | "next";
}

export interface ChangedValue {
  readonly file: string;
  readonly name: string;
  readonly old: CellValue;
  readonly new: CellValue;
}

export interface ChangedFile {
  readonly file: string;
  /** Lines; null for what is no text. */
  readonly added: number | null;
  readonly removed: number | null;
}

/** Answers GET /api/compare?id=ROW&id=ROW. */
export interface PageComparison {
  readonly params: readonly ChangedValue[];
  readonly metrics: readonly ChangedValue[];
  readonly files: readonly ChangedFile[];
  /** As `git diff` has it. */
  readonly patch: string;
  readonly extent: "whole" | "cut";
}

/** What the page may ask to be done: each is a command of the same words. Experiments and entries are named by their rows. */
export type PageAction =
  | { readonly kind: "queue move"; readonly ids: readonly string[]; readonly place: "first" | "last" }
  | { readonly kind: "queue kill"; readonly ids: readonly string[]; readonly manner: "stop" | "force" }
  | { readonly kind: "queue retry"; readonly ids: readonly string[] }
  | { readonly kind: "queue remove"; readonly ids: readonly string[] }
  | { readonly kind: "queue start"; readonly jobs: number }
  | { readonly kind: "queue stop"; readonly manner: "wait" | "kill" }
  | { readonly kind: "exp apply"; readonly id: string }
  | { readonly kind: "exp branch"; readonly id: string; readonly branch: string }
  | { readonly kind: "exp rename"; readonly id: string; readonly name: string }
  | { readonly kind: "exp remove"; readonly ids: readonly string[] }
  | { readonly kind: "exp note"; readonly id: string; readonly text: string }
  | { readonly kind: "exp tag"; readonly id: string; readonly tags: readonly string[] }
  | { readonly kind: "exp star"; readonly ids: readonly string[]; readonly star: "on" | "off" };

/** Answers POST /api/act: `done` in words for people. */
export type ActionAnswer = { readonly done: string } | Refusal;

/** What is refused is refused as the command would refuse it. */
export interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}
