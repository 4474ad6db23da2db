import type { Patch } from "../patches.ts";
import type { PlantedBug } from "../planted-bug.ts";

/** With the last net nothing held by a call would reach a log: these bugs are about what leaves where it fails too. */
const noNetForLogs: Patch = {
  file: "base/log.ts",
  find: "const { clean, places } = net.cast(said);",
  replace: "const { clean, places } = { clean: said, places: [] as string[] };",
};

const logsTheMint: Patch = {
  file: "rotation/stages/regenerate/mint.ts",
  find: "  attempt.requests.mints += 1;",
  replace: `  attempt.requests.mints += 1;
  if (minted.outcome === "minted") context.log.info("minted", { value: minted.clientSecret.reveal() });`,
};

const logsThePasswords: Patch = {
  file: "mirror/run.ts",
  find: "    const wallets = await call.ces.fetchWallets();",
  replace: `    const wallets = await call.ces.fetchWallets();
    call.log.info("fetched", { values: wallets.flatMap(({ schemas }) => [...schemas.values()].map((one) => one.reveal())) });`,
};

/** A secret in each of the places that others read. */
export const leakBugs: readonly PlantedBug[] = [
  {
    name: "leak-in-the-functions-log",
    what: "the new client secret stands in a log line",
    patches: [noNetForLogs, logsTheMint],
    unit: "none/whole/heal-later/-/-",
    reason: /^leak: a secret or token in the log$/,
  },
  {
    name: "leak-that-the-net-masks",
    what: "the new client secret is logged, and nothing but the last net keeps it out of the line",
    patches: [logsTheMint],
    unit: "none/whole/heal-later/-/-",
    reason: /^leak: a secret or token in the minted, but for the last net$/,
  },
  {
    name: "leak-in-an-answer",
    what: "the text of an error names the client secret",
    patches: [
      { file: "base/function.ts", find: "const said = masked(net, log, result);", replace: "const said = result;" },
      {
        file: "rotation/stages/regenerate/mint.ts",
        find: `if (minted.outcome === "refused") throw minted.error;`,
        replace: `if (minted.outcome === "refused") throw new RotationError("ISSUER_CONFIGURATION", credential.clientSecret.reveal());`,
      },
    ],
    unit: "none/whole/heal-later/-/regenerate:client-error",
    reason: /^leak: a secret or token in the answer$/,
  },
  {
    name: "leak-in-a-metric",
    what: "a dimension of a metric holds the new client secret",
    patches: [
      {
        file: "rotation/stages/regenerate/mint.ts",
        find: "  attempt.requests.mints += 1;",
        replace: `  attempt.requests.mints += 1;
  if (minted.outcome === "minted") context.tally.note("Runs", 1, { outcome: minted.clientSecret.reveal() as never });`,
      },
    ],
    unit: "subscribed/whole/heal-later/-/-",
    reason: /^leak: a secret or token in the metric$/,
  },
  {
    name: "leak-in-a-notification",
    what: "a webhook carries the key by which it is signed",
    patches: [
      {
        file: "notify/webhook.ts",
        find: `"user-agent": "oci-rotate",`,
        replace: '"user-agent": ["oci-rotate", keys[0]?.reveal()].join(" "),',
      },
    ],
    unit: "subscribed/whole/heal-later/-/-",
    reason: /^leak: a secret or token in the notification$/,
  },
  {
    name: "leak-in-the-commands-output",
    what: "the command line prints the content of a version that it has read",
    patches: [
      {
        file: "cli/rotate/made-since.ts",
        find: `return parseContent((await storeOf(secretId).readVersion(versionNo)).content).kind === "credential";`,
        replace: `const { content } = await storeOf(secretId).readVersion(versionNo);
      runtime.writeError(content.reveal());
      return parseContent(content).kind === "credential";`,
      },
    ],
    unit: "rotate/read-back/promote:killed-after",
    reason: /^leaks: a secret in the output$/,
  },
  {
    name: "leak-in-the-mirrors-log",
    what: "the passwords of the database users stand in a log line",
    patches: [noNetForLogs, logsThePasswords],
    unit: "mirror/nothing-stored/-",
    reason: /^a secret in log$/,
  },
  {
    name: "mirrors-leak-that-the-net-masks",
    what: "the mirror logs the passwords, and nothing but the last net keeps them out of the line",
    patches: [logsThePasswords],
    unit: "mirror/nothing-stored/-",
    reason: /^a secret in fetched, but for the last net$/,
  },
];
