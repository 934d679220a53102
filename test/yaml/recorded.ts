/** Values as the recorded files have them: `[kind, content]`. */
import type { Scalar, Value } from "../../src/base/value.ts";

export function untyped([kind, content]: readonly unknown[]): Value {
  if (kind === "map")
    return new Map(
      (content as readonly (readonly [unknown[], unknown[]])[]).map(([key, item]) => [
        untyped(key) as Scalar,
        untyped(item),
      ]),
    );
  if (kind === "list") return (content as readonly unknown[][]).map(untyped);
  if (kind === "int") return BigInt(content as string);
  return kind === "float" ? floatOf(content as string) : (content as Scalar);
}

function floatOf(text: string): number {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}
