// A stage command that a test holds: it reports to the test's socket, waits for the answer, and does what it says.
// usage: node gate-child.mjs SOCKET NAME. The protocol's types are in gate.ts.
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";

const [socket, name] = process.argv.slice(2);
const connection = connect(socket);
const hello = { name, pid: process.pid, folder: process.cwd(), env: process.env };
connection.write(`${JSON.stringify(hello)}\n`);
// The test is gone: nobody will ever answer.
connection.on("error", () => process.exit(70));
connection.on("close", () => process.exit(70));
for await (const line of createInterface({ input: connection })) {
  const { exitCode, files, stdout, stderr } = JSON.parse(line);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, content);
  }
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
  connection.removeAllListeners("close");
  connection.end();
  break;
}
