/** Programs of CI systems that run a pipeline on this machine: where they are. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

/** The program that the variable names, else the one on the PATH; undefined where there is none. */
export function findProgram(name: string, variable?: string): string | undefined {
  const named = variable === undefined ? undefined : process.env[variable];
  const places = (process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, name));
  const isProgram = (file: string) => existsSync(file) && statSync(file).isFile();
  return [...(named ? [named] : []), ...places].find(isProgram);
}

/** Whether it starts at all: an installed one may be of another machine or for another Node. */
export function starts(program: string | undefined): program is string {
  if (program === undefined) return false;
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
