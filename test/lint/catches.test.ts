/** Every catch says which failure it expects: one that takes all hides bugs, those of a parser or of ours. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** Nothing more comes: an exit that the failure itself decided, one that throws it on, or one that takes whatever it is. */
type Exit = "tested" | "thrown" | "takes all";

function mentions(node: ts.Node, names: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node) && names.has(node.text)) return true;
  return ts.forEachChild(node, (child) => mentions(child, names) || undefined) ?? false;
}

/** `throw error`, or `throw test(error) ? other : error`. */
function isThrownOn(node: ts.Expression, name: string): boolean {
  if (ts.isConditionalExpression(node)) return isThrownOn(node.whenTrue, name) || isThrownOn(node.whenFalse, name);
  return ts.isIdentifier(node) && node.text === name;
}

/** How a list of statements ends, path by path. `names`: the failure and what was read from it. */
class Paths {
  private readonly names: Set<string>;
  readonly exits: Exit[] = [];

  constructor(private readonly name: string) {
    this.names = new Set([name]);
  }

  /** Answers whether the end of the statements can be reached, and with which knowledge. */
  follow(statements: readonly ts.Statement[], isTested: boolean): "ended" | "tested" | "untested" {
    let tested = isTested;
    for (const statement of statements) {
      if (ts.isVariableStatement(statement)) this.noteNames(statement);
      if (ts.isThrowStatement(statement)) {
        const isOn = isThrownOn(statement.expression, this.name);
        this.exits.push(isOn ? "thrown" : tested ? "tested" : "takes all");
        return "ended";
      }
      if (ts.isReturnStatement(statement) || ts.isContinueStatement(statement) || ts.isBreakStatement(statement)) {
        this.exits.push(tested ? "tested" : "takes all");
        return "ended";
      }
      if (ts.isIfStatement(statement)) {
        const end = this.branches(statement, tested);
        if (end === "ended") return end;
        tested = end === "tested";
      }
    }
    return tested ? "tested" : "untested";
  }

  private branches({ expression, thenStatement, elseStatement }: ts.IfStatement, isTested: boolean) {
    const tested = isTested || mentions(expression, this.names);
    const ends = [thenStatement, elseStatement].map((branch) => {
      if (branch === undefined) return tested ? "tested" : "untested";
      return this.follow(ts.isBlock(branch) ? branch.statements : [branch], tested);
    });
    return ends.find((end) => end === "untested") ?? ends.find((end) => end === "tested") ?? "ended";
  }

  private noteNames({ declarationList }: ts.VariableStatement): void {
    for (const { name, initializer } of declarationList.declarations)
      if (initializer !== undefined && mentions(initializer, this.names))
        for (const one of namesIn(name)) this.names.add(one);
  }
}

function namesIn(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

/** Whether some failure is thrown on as it is, and none is taken that was not looked at. */
function isNarrow(name: string, statements: readonly ts.Statement[]): boolean {
  const paths = new Paths(name);
  const end = paths.follow(statements, false);
  return end !== "untested" && paths.exits.includes("thrown") && !paths.exits.includes("takes all");
}

type Handler = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration;

function isNarrowHandler({ parameters: [parameter], body }: Handler): boolean {
  if (parameter === undefined || !ts.isIdentifier(parameter.name) || body === undefined) return false;
  return ts.isBlock(body) && isNarrow(parameter.name.text, body.statements);
}

/** What is done about a failure: the function itself, or one of that name in the file. */
function handlerOf(node: ts.Expression | undefined, source: ts.SourceFile): Handler | undefined {
  if (node === undefined) return undefined;
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
  let found: Handler | undefined;
  const look = (child: ts.Node): void => {
    if (ts.isFunctionDeclaration(child) && child.name?.text === node.getText()) found = child;
    else if (ts.isVariableDeclaration(child) && child.name.getText() === node.getText()) {
      if (child.initializer !== undefined && ts.isArrowFunction(child.initializer)) found = child.initializer;
    }
    ts.forEachChild(child, look);
  };
  look(source);
  return found;
}

/** Of `promise.catch(handler)` and `promise.then(next, handler)`; undefined for other calls. */
function onFailure(node: ts.CallExpression): ts.Expression | undefined {
  if (!ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { text } = node.expression.name;
  return text === "catch" ? node.arguments[0] : text === "then" ? node.arguments[1] : undefined;
}

/** The catches that take what they did not look at, as `file: function`. */
function wideCatches(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, within: string): void => {
    let inside = within;
    if (ts.isFunctionLike(node) && node.name !== undefined) inside = node.name.getText();
    else if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isArrowFunction(node.initializer))
      inside = node.name.getText();
    if (ts.isCatchClause(node)) {
      const variable = node.variableDeclaration?.name;
      if (variable === undefined || !isNarrow(variable.getText(), node.block.statements))
        found.push(`${source.fileName}: ${inside}`);
    }
    if (ts.isCallExpression(node) && onFailure(node) !== undefined) {
      const handler = handlerOf(onFailure(node), source);
      if (handler === undefined || !isNarrowHandler(handler)) found.push(`${source.fileName}: ${inside}`);
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, "");
  return found;
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** Boundaries: what takes any failure there, and where it goes. */
const allowed: Readonly<Record<string, string>> = {
  "src/base/promises.ts: toldLater": "a later await of the same promise tells",
  "src/cli/bug.ts: gitWords": "the report of one bug is not the place for the next",
  "src/cli/program.ts: runCommandLine": "the top of the process: printed, a bug with its stack",
  "src/experiments/results/apply-outputs.ts: applyWithOutputs": "putBack throws it when all is as it was",
  "src/experiments/results/apply.ts: applyExperiment": "putBack throws it when all is as it was",
  "src/page/plots.ts: draw": "a template that can't be drawn is told in its place, and the other plots are drawn",
  "src/params/toml/tree.ts: blocks":
    "a parser that is not ours, for a text that another one has read: told as TOML_INVALID",
  "src/pipeline/reproduce/reproduce.ts: start": "thrown when the stages that run have ended",
  "src/run/active-run.ts: inWorker":
    "the end of a worker thread, whatever ended it, is told as a lost run: the others go on",
  "src/run/coordinator.ts: start": "thrown when the experiments that run have ended",
  "src/run/coordinator.ts: step": "thrown when the experiments that run have ended",
  "src/store/remotes/rclone-copy.ts: tell": "thrown when rclone has ended",
};

test("every catch looks at what it caught and throws on what it did not expect, but for the boundaries listed", () => {
  const found = ["src", "grammar"].flatMap((root) =>
    readdirSync(path.join(checkout, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.posix.join(root, file.split(path.sep).join("/")))
      .flatMap((file) => {
        const text = readFileSync(path.join(checkout, file), "utf8");
        return /catch|then\(/.test(text) ? wideCatches(parse(file, text)) : [];
      }),
  );
  expect([...new Set(found)].sort()).toEqual(Object.keys(allowed).sort());
});

test.each([
  ["try { a(); } catch (e) { if (e instanceof X) return 1; throw e; }", []],
  ["try { a(); } catch (e) { if (!(e instanceof X)) throw e; }", []],
  ["try { a(); } catch (e) { const code = codeOf(e); if (code === 'A') return; throw code ? other : e; }", []],
  ["try { a(); } catch (e) { clean(); throw e; }", []],
  ["try { a(); } catch (e) { if (isA(e)) { if (b) return; } else throw e; }", []],
  ["try { a(); } catch {}", ["x.ts: f"]],
  ["try { a(); } catch (e) { return 1; }", ["x.ts: f"]],
  ["try { a(); } catch (e) { if (isA(e)) return 1; return 2; }", ["x.ts: f"]],
  ["try { a(); } catch (e) { if (b) return 1; throw e; }", ["x.ts: f"]],
  ["try { a(); } catch (e) { log(e); }", ["x.ts: f"]],
  ["try { a(); } catch (e) { throw wrapped(e); }", ["x.ts: f"]],
  ["p.catch(() => undefined);", ["x.ts: f"]],
  ["p.catch(log);", ["x.ts: f"]],
  ["p.then(a, () => b);", ["x.ts: f"]],
  ["p.catch((e) => { if (!isA(e)) throw e; });", []],
])("a catch: %s", (text, expected) => {
  expect(wideCatches(parse("x.ts", `function f() {\n${text}\n}`))).toEqual(expected);
});
