/** Why `fetch` failed, for who says it in their own words. */

/** Past a time limit, given up by us, or the network: its code where the system has one, else what `fetch` says. */
export type FetchFailure =
  | { readonly kind: "late" | "given up" }
  | { readonly kind: "network"; readonly code: string | undefined; readonly message: string };

/** undefined for what is no failure of the network or of the server: a bug. */
export function fetchFailure(error: unknown): FetchFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return { kind: "late" };
  if (error.name === "AbortError") return { kind: "given up" };
  if (!(error instanceof TypeError)) return undefined;
  const { cause, message } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return { kind: "network", code: typeof code === "string" ? code : undefined, message };
}
