/** Names of files: relative to a folder, and with "/" as in Git, in YAML and on the screen. */
import path from "node:path";

/** A path of this system with "/" between its parts. */
export function posixPath(file: string): string {
  return file.split(path.sep).join("/");
}

/** How to get from a folder to a file, with "/". */
export function relativePosix(folder: string, file: string): string {
  return posixPath(path.relative(folder, file));
}

/** The name of an absolute path relative to a folder that it is in, "" for that itself, or undefined where it is not. */
export function insideFolder(folder: string, absolute: string): string | undefined {
  if (absolute === folder) return "";
  const prefix = folder.endsWith(path.sep) ? folder : folder + path.sep;
  return absolute.startsWith(prefix) ? absolute.slice(prefix.length) : undefined;
}

/** A test whether an absolute path is one of these or below one; without them everything is. Steps: the depth of the path. */
export function withinAny(paths: readonly string[] | undefined): (absolute: string) => boolean {
  if (paths === undefined) return () => true;
  const known = new Set(paths);
  return (absolute) => {
    for (let each = absolute; ; each = path.dirname(each)) {
      if (known.has(each)) return true;
      if (path.dirname(each) === each) return false;
    }
  };
}

/** Whether two absolute paths are one, or one is inside the other. */
export function overlap(a: string, b: string): boolean {
  return insideFolder(a, b) !== undefined || insideFolder(b, a) !== undefined;
}
