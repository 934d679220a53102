/** The stages that an entry of `foreach` or `matrix` stands for (rules: dvc/parsing). */
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { TemplateProblem } from "./context.ts";
import { asText } from "./stage.ts";

/** One generated stage: its part of the name, and what its templates see. */
export interface Member {
  readonly key: string;
  readonly generated: ValueMap;
  /** Where its item stands in the values of the file, if it stands there. */
  readonly itemPath?: readonly string[];
}

/** Values of foreach or matrix, and what stands in the file: templates were filled meanwhile. */
interface Filled<Data extends Value = Value> {
  readonly data: Data;
  readonly written: Value | undefined;
}

/** As DVC: of a mapping that a template took from somewhere, entries with other keys than strings make no stages. */
function entriesOf(data: ValueMap, written: Value | undefined): (readonly [Scalar, Value])[] {
  return isMap(written) ? [...data] : [...data].filter(([key]) => typeof key === "string");
}

function isCollection(value: Value): boolean {
  return isList(value) || isMap(value);
}

/** The part of a stage's name that a value gives. */
function nameOf(value: Value, written: Value | undefined): string {
  // As DVC: a boolean that a template took from somewhere is named as Python names it.
  if (typeof value === "boolean" && value !== written) return value ? "True" : "False";
  return asText(value);
}

function itemAt(written: Value | undefined, index: number): Value | undefined {
  return isList(written) ? written[index] : undefined;
}

/** A list of single values names its stages by them, one with mappings or lists by their positions. */
export function foreachMembers({ data, written }: Filled, path: readonly string[] | undefined): Member[] | undefined {
  const placed = (key: string): Pick<Member, "itemPath"> => (path === undefined ? {} : { itemPath: [...path, key] });
  if (isMap(data))
    return entriesOf(data, written).map(([key, item]) => {
      const name = asText(key);
      return {
        ...placed(name),
        key: name,
        generated: new Map<Scalar, Value>([
          ["item", item],
          ["key", name],
        ]),
      };
    });
  if (!isList(data)) return undefined;
  const byPosition = data.some(isCollection);
  return data.map((item, index) => ({
    ...placed(String(index)),
    key: byPosition ? String(index) : nameOf(item, itemAt(written, index)),
    generated: new Map([["item", item]]),
  }));
}

/** More stages than this are a mistake in the data. */
const maxMembers = 100_000;

/** The product, the last name varying fastest; a mapping or list in it is named by its position: `o0`. */
export function matrixMembers({ data, written }: Filled<ValueMap>): Member[] {
  const axes = [...data].map(([name, values]) => ({
    name,
    values: isList(values) ? values : [],
    written: isMap(written) ? written.get(name) : undefined,
  }));
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > maxMembers) throw new TemplateProblem(`more than ${maxMembers} combinations`);
  let rows: { fragments: readonly string[]; item: readonly (readonly [Scalar, Value])[] }[] = [
    { fragments: [], item: [] },
  ];
  for (const { name, values, written: own } of axes)
    rows = rows.flatMap(({ fragments, item }) =>
      values.map((value, index) => ({
        fragments: [...fragments, isCollection(value) ? `${String(name)}${index}` : nameOf(value, itemAt(own, index))],
        item: [...item, [name, value] as const],
      })),
    );
  return rows.map(({ fragments, item }) => {
    const key = fragments.join("-");
    return {
      key,
      generated: new Map<Scalar, Value>([
        ["key", key],
        ["item", new Map(item)],
      ]),
    };
  });
}
