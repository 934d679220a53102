/** Text with `${...}` in it, as dvc.yaml has it. Offsets count UTF-16 code units from 0. */

export interface TextPart {
  readonly kind: "text";
  /** With `\${` already turned into `${`. */
  readonly text: string;
}

export interface ReferencePart {
  readonly kind: "reference";
  /** `train.layers[0]` is train, layers, 0. */
  readonly path: readonly string[];
  /** What stands between the braces. */
  readonly inner: string;
  /** Of the whole `${...}`. */
  readonly offset: number;
  readonly length: number;
}

export interface Template {
  readonly kind: "template";
  readonly parts: readonly (TextPart | ReferencePart)[];
}

export interface TemplateIssue {
  /** Stable and upper case. */
  readonly code: "REFERENCE_EMPTY" | "REFERENCE_INVALID";
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

export type TemplateResult =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly issue: TemplateIssue };
