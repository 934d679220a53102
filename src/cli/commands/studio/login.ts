import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import { defaultStudioUrl } from "../../../experiments/live/studio-settings.ts";
import { webAddress } from "../../../experiments/live/web-post.ts";
import { readDvcConfig } from "../../../project/config.ts";
import { setOption } from "../../../project/config-edit.ts";
import { changeConfig, dvcConfigPlace } from "../../../project/config-place.ts";
import { readSecret } from "../../terminal/confirm.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly hostname?: string;
  readonly force?: boolean;
}

function studioAddress(io: Io, options: Options, known: string | undefined): string {
  const address = options.hostname ?? io.env.DVC_STUDIO_URL ?? known ?? defaultStudioUrl;
  const url = webAddress(address);
  if (url !== undefined && url.username === "" && url.password === "") return address;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `'${withoutCredentials(address)}' is no address of a Studio`,
    hint: `It looks like ${defaultStudioUrl}, without a name or a password.`,
  });
}

/** Of the terminal, of the standard input, or of the environment: never of the command line, which everybody can read. */
async function readToken(io: Io, address: string): Promise<string> {
  const typed = (await readSecret(io, `Access token of ${address}: `))?.trim();
  const token = typed || io.env.DVC_STUDIO_TOKEN || io.env.STUDIO_TOKEN || "";
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new SweeplineError({
    code: "NO_TOKEN",
    message: token === "" ? "no access token was given" : "what was given is no access token",
    hint: `Make one in the settings of ${address}, then: sweepline studio login < token.txt`,
  });
}

async function login(io: Io, options: Options): Promise<void> {
  const place = dvcConfigPlace(io, "global");
  const kept = readDvcConfig(place.file);
  const address = studioAddress(io, options, kept.get("studio.url"));
  const isSame = (kept.get("studio.url") ?? address) === address;
  if (kept.has("studio.token") && isSame && !options.force)
    throw new SweeplineError({
      code: "LOGGED_IN",
      message: "Token already exists",
      hint: "`sweepline studio logout` first, or --force.",
    });
  const token = await readToken(io, address);
  changeConfig(place, {
    edit: (text) =>
      setOption(
        setOption(text, { section: "studio", option: "token" }, token),
        { section: "studio", option: "url" },
        address,
      ),
    refusal: "",
    mode: 0o600,
  });
  print(io, `Saved the token for ${address} to ${place.file}, which only you can read.`);
}

const examples = `
The token is asked for on the terminal, or read from the standard input, or from DVC_STUDIO_TOKEN.

Examples:
  sweepline studio login
  pass show studio | sweepline studio login
  sweepline studio login -H https://studio.example.com < token.txt
`;

/** `sweepline studio login` */
export const command: CommandFactory = (io, finish) =>
  new Command("login")
    .description("Keep an access token of Studio, for live updates of experiments.")
    .option("-H, --hostname <url>", "the address of Studio")
    .option("-f, --force", "in the place of the token that is there")
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      await login(io, options);
      finish(exitCodes.ok);
    });
