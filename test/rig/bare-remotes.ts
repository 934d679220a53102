/** Bare repositories in a folder that a server serves. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { Repository } from "./repository.ts";

export class BareRemotes {
  readonly folder: string;

  /** @param made whose branch main each of them has */
  constructor(private readonly made: Repository) {
    this.folder = path.join(made.root, "served");
    mkdirSync(this.folder);
  }

  pathOf(name: string): string {
    return path.join(this.folder, name);
  }

  git(name: string, ...args: readonly string[]): string {
    return this.made.git("-C", this.pathOf(name), ...args);
  }

  /** Names of the refs below a prefix. */
  refs(name: string, below: string): readonly string[] {
    return this.git(name, "for-each-ref", "--format=%(refname)", below).split("\n").filter(Boolean);
  }

  make(name: string): void {
    this.made.git("init", "--quiet", "--bare", this.pathOf(name));
    this.git(name, "config", "http.receivepack", "true");
    this.made.git("push", "--quiet", this.pathOf(name), "main");
  }

  clone(name: string, from: string): Repository {
    const root = path.join(this.made.root, name);
    mkdirSync(root);
    const copy = new Repository(root);
    this.made.git("clone", "--quiet", "--branch", "main", this.pathOf(from), copy.folder);
    return copy;
  }
}
