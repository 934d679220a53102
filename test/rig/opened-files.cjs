// Loaded into a process before anything else: the name of each file that it opens becomes a line of the file OPENED_FILES.
const fs = require("node:fs");

const list = fs.openSync(process.env.OPENED_FILES, "a");

for (const name of ["openSync", "readFileSync"]) {
  const open = fs[name];
  fs[name] = (file, ...rest) => {
    if (typeof file === "string") fs.writeSync(list, `${file}\n`);
    return open(file, ...rest);
  };
}
