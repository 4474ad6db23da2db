import * as z from "zod/mini";
import { MINUTE_MS } from "../../base/durations.ts";
import { printable } from "../../base/printable.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { authKinds, type GlobalOptions } from "../global-options.ts";
import { renderPairs } from "../output/table.ts";
import type { Runtime } from "../runtime.ts";
import { type ChosenAuth, chooseAuth, KIND_WORDS } from "../sign-in/choose-auth.ts";
import type { Profile } from "../sign-in/config-file.ts";
import { chooseRegion } from "../sign-in/oci-variables.ts";
import { readProfileKey } from "../sign-in/private-key.ts";
import { expired, minutes, readSessionToken, renewal } from "../sign-in/session-token.ts";
import { identify } from "../sign-in/sign-in.ts";

/** A rotation with its waits may take some minutes. */
const SHORT_MS = 10 * MINUTE_MS;

const shown = z.object({
  auth: z.enum(authKinds),
  /** Null: none is in use. */
  profile: z.nullable(z.string()),
  /** The option, variable or file that chose the profile; null: it is the default. */
  profileBy: z.nullable(z.string()),
  configFile: z.nullable(z.string()),
  /** Null: it is no session, and does not end. */
  expiresAt: z.nullable(z.iso.datetime()),
  minutesLeft: z.nullable(z.int()),
  subject: z.nullable(z.string()),
  tenancy: z.nullable(z.string()),
  region: z.nullable(z.string()),
  /** Null: it is no session. */
  refresh: z.nullable(z.string()),
  authenticate: z.nullable(z.string()),
});
type Shown = z.output<typeof shown>;

const NO_SESSION = { expiresAt: null, minutesLeft: null, refresh: null, authenticate: null };

type Found = Pick<Shown, "tenancy" | "subject" | keyof typeof NO_SESSION> & { readonly region: string | null };

/** @throws CliError if the session has ended, or a part of it is missing */
function readSession(runtime: Runtime, options: GlobalOptions, profile: Profile): Found {
  const { authenticateLine, refreshLine } = renewal(profile, runtime, options);
  if (profile.get("security_token_file") === null) {
    throw new CliError("PROFILE_INCOMPLETE", {
      what: `${profile.words} has no security_token_file`,
      means: "it signs in with an API key, not with a session",
      next: `leave out --auth and OCI_CLI_AUTH, if that is intended; otherwise run ${authenticateLine}`,
    });
  }
  const token = readSessionToken(profile, authenticateLine);
  readProfileKey(profile);
  const now = runtime.clock.now();
  const leftMs = token.expiresAt - now;
  if (leftMs <= 0) throw expired(profile, token, now, authenticateLine);
  return {
    expiresAt: new Date(token.expiresAt).toISOString(),
    minutesLeft: Math.floor(leftMs / MINUTE_MS),
    subject: token.subject,
    tenancy: token.tenancy ?? profile.get("tenancy"),
    region: profile.get("region"),
    refresh: refreshLine,
    authenticate: authenticateLine,
  };
}

async function read(runtime: Runtime, options: GlobalOptions, chosen: ChosenAuth): Promise<Found> {
  const { kind, profile } = chosen;
  if (kind === "session") return readSession(runtime, options, profile);
  const { region, tenancy } = await identify(runtime, options, chosen);
  return { ...NO_SESSION, region, tenancy, subject: profile?.get("user") ?? null };
}

function textOf(data: Shown): string {
  const { auth, profile, profileBy, configFile, expiresAt, minutesLeft, subject, tenancy, region } = data;
  const by = profileBy === null ? "" : `, chosen by ${profileBy}`;
  const isShort = minutesLeft !== null && minutesLeft * MINUTE_MS < SHORT_MS;
  const life = `${minutes((minutesLeft ?? 0) * MINUTE_MS)} left, until ${expiresAt}${isShort ? ": renew it before a long run" : ""}`;
  return renderPairs([
    ["profile", printable(profile === null ? "none" : `${profile} (${configFile ?? "variables OCI_CLI_*"})${by}`)],
    ["session", expiresAt === null ? `none: it signs in with ${KIND_WORDS[auth]}, which does not end` : life],
    ["user", printable(subject ?? "not said")],
    ["tenancy", printable(tenancy ?? "not said")],
    ["region", printable(region ?? "not set: give --region")],
    ...(data.refresh === null ? [] : [["prolong", data.refresh] as const]),
    ...(data.authenticate === null ? [] : [["renew", data.authenticate] as const]),
  ]);
}

export const sessionCommand = defineCommand({
  name: "session",
  summary: "show and check the OCI session, its remaining time, and how to renew it",
  description: `Shows which profile, tenancy and region every other command would use, and what chose them. It reads the profile's session
token and its key, and checks that both are complete. It reports how many minutes are left, for whom the session is, and which command
renews it. It sends nothing, except for --auth instance-principal, and never shows the token.

A session made with oci session authenticate lasts an hour. oci session refresh extends it while the sign-in behind it is valid, up to a
day. Expired or unusable: exit code 3, with the command to run. An API key whose parts are complete does not end: exit code 0.`,
  arguments: {},
  options: {},
  data: shown,
  examples: [
    { does: "how much time is left?", line: "session" },
    { does: "in a script, before a long run", line: "session --profile PROD --json" },
  ],
  async run({ runtime, options, out, print }) {
    const chosen = chooseAuth(runtime, options, out.warn);
    const { region, ...found } = await read(runtime, options, chosen);
    const { kind: auth, profile } = chosen;
    const data = {
      auth,
      profile: profile?.name ?? null,
      profileBy: profile?.by ?? null,
      configFile: profile?.file ?? null,
      ...found,
      region: chooseRegion(runtime, options, region),
    };
    print(data, textOf(data));
    return exitCodes.done;
  },
});
