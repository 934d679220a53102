/** What a stage may do to its copy, as shell commands. Each leaves the stage able to go on and write its output. */
export const vandalDeeds: Readonly<Record<string, string>> = {
  pipes: "mkfifo pipe sub/pipe sub2/pipe",
  socket: `node -e 'require("net").createServer().listen("sub/socket", () => process.kill(process.pid, "SIGKILL"))' || true`,
  folderModes: "chmod 777 sub; chmod 700 sub/deep; chmod 1755 sub2; chmod 1777 .",
  fileModes: "chmod 600 tracked.txt; chmod 444 sub/tracked.txt; chmod 000 sub/deep/d.txt; chmod 4755 tool.sh",
  noRights: "chmod 000 sub/deep sub2; chmod 500 sub",
  hiddenRights: "mkdir -p locked/inner; echo x > locked/inner/x; chmod 000 locked/inner locked",
  nestedInTracked:
    "git init -q sub; git -C sub add -A; git -C sub commit -qm x; git init -q sub2; echo u > sub2/untracked",
  gitFile: 'echo "gitdir: $PWD/../git" > sub/.git; echo "gitdir: /" > sub2/.git; mkdir -p sub/deep/.git',
  nestedElsewhere: "git init -q fresh; echo x > fresh/x; mkdir -p a/b; git init -q a/b; echo x > a/b/x",
  lineEnds:
    "echo '* text eol=crlf' > .gitattributes; cp .gitattributes sub/; echo changed > tracked.txt; rm -f sub/tracked.txt",
  filters:
    "echo '* filter=evil' > sub/.gitattributes; git config filter.evil.smudge 'tr a-z A-Z'; git config filter.evil.clean cat; echo c > sub/tracked.txt",
  sameSize:
    "for f in tracked.txt sub/tracked.txt; do touch -r $f ../stamp; tr a-y b-z < $f > ../new; cat ../new > $f; touch -r ../stamp $f; done",
  deep: "(mkdir dd; cd dd; i=0; while [ $i -lt 120 ]; do mkdir dddddddddddddddddddddddddddddddddddddddddd; cd -P dddddddddddddddddddddddddddddddddddddddddd; i=$((i+1)); done; echo x > f)",
  names: `printf x > "$(printf 'a\\377b')"; mkdir "$(printf 'd\\377')"; printf x > "$(printf 'd\\377/f\\376')"; printf x > 'n
l'; printf x > "$(printf '\\033[31mred')"; printf x > ${"x".repeat(255)}; printf x > -rf`,
  emptyFolders: "mkdir -p empty/folders/here sub/empty",
  types: "rm -rf tracked.txt sub2; mkdir tracked.txt; echo x > tracked.txt/x; echo file > sub2",
  links:
    "rm -f tracked.txt; ln -s /etc/passwd tracked.txt; ln -s / root; rm -rf sub/deep; ln -s .. sub/deep; rm -f link; mkdir link",
  excludes: "echo '*' >> .git/info/exclude; echo '*' > .gitignore; echo hidden > hidden.txt; echo '*' > sub/.gitignore",
  flags:
    "git update-index --assume-unchanged tracked.txt; git update-index --skip-worktree sub/tracked.txt; echo h > tracked.txt; echo h > sub/tracked.txt",
  trustedFlags:
    "for f in tracked.txt sub/tracked.txt; do git --git-dir=../git --work-tree=. update-index --assume-unchanged $f; echo h > $f; done",
  trustedFiles:
    "echo x >> ../git/index; printf '[core]\\nfsmonitor=/bin/false\\n' >> ../git/config; echo '*' >> ../git/info/exclude; echo evil > ../evil; echo '{}' > ../git.json",
  hooks:
    "mkdir -p .git/hooks; for h in post-checkout post-index-change reference-transaction; do printf '#!/bin/sh\\necho hooked > hooked\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done; git config core.hooksPath .git/hooks",
  settings:
    "git config core.worktree /; git config core.fsmonitor /bin/false; git config core.autocrlf true; git config core.excludesFile tracked.txt",
  history:
    "git commit -qam mine || true; git branch mine; git tag mine; git checkout -q -b other; git update-ref refs/heads/main HEAD~0; echo s > tracked.txt; git stash -q; git replace --graft HEAD",
  collects: "git gc -q --prune=now; git repack -adq; git reflog expire --expire=now --all",
  noGit:
    "rm -rf .git; git add -A; git commit -qm evil; git checkout -q -b evil; git reset -q --hard; git clean -qfdx; git config evil.x 1; true",
  brokenGit:
    "echo broken > .git/HEAD; echo broken > .git/index; echo broken > .git/config; touch .git/index.lock ../git/index.lock",
  deletes: "rm -rf .git .dvc/config sub sub2 tracked.txt tool.sh",
};

/** What the stage writes of its copy before it does anything: each file and folder with type, rights and content. */
export const listing = `import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
const own = new Set([".git", "params.yaml", "seen.txt", ".dvc/config.local", ".dvc/tmp"]);
function visit(folder, prefix) {
  for (const name of readdirSync(folder, "latin1").sort()) {
    const inside = prefix + name;
    if (own.has(inside)) continue;
    const file = Buffer.from(inside, "latin1");
    const stats = lstatSync(file);
    const kind = stats.isDirectory() ? "folder" : stats.isFile() ? "file" : stats.isSymbolicLink() ? "link" : "special";
    const content = kind === "file" ? readFileSync(file) : kind === "link" ? readlinkSync(file) : "";
    console.log(kind, (stats.mode & 0o7777).toString(8), createHash("md5").update(content).digest("hex"), JSON.stringify(inside));
    if (stats.isDirectory()) visit(file, inside + "/");
  }
}
console.log((lstatSync(".").mode & 0o7777).toString(8));
visit(".", "");
`;
