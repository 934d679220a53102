/** What to do about an error that the YAML parser reports; empty where there is nothing to say. */
export function hintFor(text: string, { code, pos }: { readonly code: string; readonly pos: readonly number[] }) {
  const at = pos[0] ?? 0;
  if (code === "TAB_AS_INDENT") return { hint: "YAML is indented with spaces." };
  if (text.startsWith(`\${`, at - 1)) return { hint: `Between [ ] and { } a text with \${...} needs quotes.` };
  return {};
}
