/** Whether a text can hold a reference or an escaped one at all: where none can, no parser has to be loaded. */
export function mayHoldReference(text: string): boolean {
  return text.includes("${");
}
