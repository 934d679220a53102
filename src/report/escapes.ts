/** Whether an output takes escape sequences: one rule for the drawing of progress and for the colours of tables. */

export interface EscapeFacts {
  readonly isTTY?: boolean | undefined;
}

/** CI logs look like terminals on some services, and keep every frame and colour of a drawing. */
export function takesEscapes(stream: EscapeFacts, env: Readonly<Record<string, string | undefined>>): boolean {
  const isCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
  return stream.isTTY === true && !isCi && env.TERM !== "dumb";
}
