import { isMap } from "../../base/value.ts";
import { flattenMap } from "../../experiments/show/flatten.ts";
import { dataReader } from "../../params/data-file.ts";

/** The names of the values in a parameters or metrics file, with dots. Throws as its reader does. */
export async function keysIn(name: string, bytes: Buffer): Promise<readonly string[]> {
  const value = (await dataReader(name))({ path: name, bytes });
  return isMap(value) ? [...flattenMap(value).keys()] : [];
}
