import os from "node:os";
import path from "node:path";
import { Argument, Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { makeFolder, writeAtomic } from "../../../base/files.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

type Shell = "bash" | "zsh" | "fish";

/** bash parts words at = and :, so it hands the whole line over. */
const bash = `# bash completion of sweepline
_sweepline() {
  local IFS=$'\\n'
  COMPREPLY=($(sweepline complete-words bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -o default -F _sweepline sweepline
`;

const zsh = `#compdef sweepline
_sweepline() {
  local -a found keys others
  found=("\${(@f)$(sweepline complete-words zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  keys=(\${(M)found:#*=})
  others=(\${found:#*=})
  (( \${#keys} )) && compadd -S '' -- $keys
  (( \${#others} )) && compadd -- $others
  (( \${#found} )) || _files
}
if [[ $funcstack[1] == _sweepline ]]; then _sweepline "$@"; else compdef _sweepline sweepline; fi
`;

const fish = `# fish completion of sweepline
complete -c sweepline -a '(sweepline complete-words fish (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** Where the shell looks for it by itself; zsh where fpath has the folder. */
function placeOf(shell: Shell, { env }: Io): string {
  const home = env.HOME ?? os.homedir();
  const data = env.XDG_DATA_HOME || path.join(home, ".local/share");
  const config = env.XDG_CONFIG_HOME || path.join(home, ".config");
  return {
    bash: path.join(data, "bash-completion/completions/sweepline"),
    zsh: path.join(data, "zsh/site-functions/_sweepline"),
    fish: path.join(config, "fish/completions/sweepline.fish"),
  }[shell];
}

function install(io: Io, shell: Shell): void {
  const file = placeOf(shell, io);
  makeFolder(path.dirname(file));
  writeAtomic(file, scripts[shell]);
  print(io, `Written: ${file}`);
  if (shell === "zsh") print(io, `In ~/.zshrc, before compinit: fpath=(${path.dirname(file)} $fpath)`);
  else print(io, "A new shell has it.");
}

const examples = `
It completes commands, options, names of experiments and of tasks, stages, keys of parameters, groups of a composed config.

Examples:
  sweepline completion bash --install
  source <(sweepline completion zsh)
  sweepline completion fish > ~/.config/fish/completions/sweepline.fish
`;

/** `sweepline completion` */
export const command: CommandFactory = (io, finish) =>
  new Command("completion")
    .description("Print what makes a shell complete words of sweepline.")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .option("--install", "write it to where the shell looks for it")
    .addHelpText("after", examples)
    .action((shell: Shell, options: { readonly install?: boolean }) => {
      if (options.install) install(io, shell);
      else io.stdout.write(scripts[shell]);
      finish(exitCodes.ok);
    });
