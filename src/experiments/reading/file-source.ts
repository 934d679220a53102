/** The files of one revision, or of the workspace: what experiment data are read from. Paths are relative to the project. */
export interface SourceFile {
  readonly kind: "file";
  /** Same id, same bytes: what is parsed once is kept under it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export type FileAnswer =
  | SourceFile
  | { readonly kind: "missing" }
  | { readonly kind: "folder" }
  /** Known after the objects that were asked for have been fetched; ask again then. */
  | { readonly kind: "pending" };

export interface FileSource {
  find(path: string): FileAnswer;
  /** Every dvc.yaml and .dvc file: a folder's own files first, then its folders, by name. "pending": ask again. */
  pipelineFiles(): readonly string[] | "pending";
  /** All files below a folder. */
  filesBelow(folder: string): readonly string[] | "pending";
}

export function isPipelineFile(name: string): boolean {
  return name === "dvc.yaml" || (name.endsWith(".dvc") && name !== ".dvc");
}

export const missing: FileAnswer = { kind: "missing" };
export const pending: FileAnswer = { kind: "pending" };
