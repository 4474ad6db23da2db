import * as z from "zod/mini";
import { MINUTE_MS } from "../../base/durations.ts";
import { printable } from "../../base/printable.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { renderPairs } from "../output/table.ts";
import { readProfile } from "../sign-in/config-file.ts";
import { warnOfOpenFiles } from "../sign-in/open-files.ts";
import { readProfileKey } from "../sign-in/private-key.ts";
import { expired, minutes, readSessionToken, renewal } from "../sign-in/session-token.ts";

/** A rotation with its waits may take some minutes. */
const SHORT_MS = 10 * MINUTE_MS;

const shown = z.object({
  profile: z.string(),
  configFile: z.string(),
  expiresAt: z.iso.datetime(),
  minutesLeft: z.int(),
  subject: z.nullable(z.string()),
  tenancy: z.nullable(z.string()),
  region: z.nullable(z.string()),
  refresh: z.string(),
  authenticate: z.string(),
});

export const sessionCommand = defineCommand({
  name: "session",
  summary: "show and check the OCI session, its remaining time, and how to renew it",
  description: `Reads the profile's session token and its key, and checks that both are complete. It reports how many minutes are left, for
whom the session is, and which command renews it. It sends nothing, and never shows the token.

A session made with oci session authenticate lasts an hour. oci session refresh extends it while the sign-in behind it is valid, up to a
day. Expired or unusable: exit code 3, with the command to run.`,
  arguments: {},
  options: {},
  data: shown,
  examples: [
    { does: "how much time is left?", line: "session" },
    { does: "in a script, before a long run", line: "session --profile PROD --json" },
  ],
  async run({ runtime, options, out, print }) {
    const profile = readProfile(runtime, options);
    warnOfOpenFiles(profile, runtime, out.warn);
    const { authenticateLine, refreshLine } = renewal(profile, options);
    if (profile.get("security_token_file") === null) {
      throw new CliError("PROFILE_INCOMPLETE", {
        what: `the profile ${profile.name} in ${profile.file} has no security_token_file`,
        means: "it signs in with an API key, not with a session",
        next: `nothing, if that is intended; otherwise run ${authenticateLine}`,
      });
    }
    for (const key of ["tenancy", "fingerprint", "key_file"]) profile.need(key);
    const token = readSessionToken(profile, authenticateLine);
    readProfileKey(profile);
    const now = runtime.clock.now();
    const leftMs = token.expiresAt - now;
    if (leftMs <= 0) throw expired(profile, token, now, authenticateLine);
    const region = options.region ?? profile.get("region");
    const expiresAt = new Date(token.expiresAt).toISOString();
    const { subject, tenancy } = token;
    print(
      {
        profile: profile.name,
        configFile: profile.file,
        expiresAt,
        minutesLeft: Math.floor(leftMs / MINUTE_MS),
        subject,
        tenancy,
        region,
        refresh: refreshLine,
        authenticate: authenticateLine,
      },
      renderPairs([
        ["profile", `${profile.name} (${profile.file})`],
        [
          "session",
          `${minutes(leftMs)} left, until ${expiresAt}${leftMs < SHORT_MS ? ": renew it before a long run" : ""}`,
        ],
        ["user", printable(subject ?? "not said")],
        ["tenancy", printable(tenancy ?? "not said")],
        ["region", region ?? "not set: give --region"],
        ["prolong", refreshLine],
        ["renew", authenticateLine],
      ]),
    );
    return exitCodes.done;
  },
});
