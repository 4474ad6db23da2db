import { printable } from "../../base/printable.ts";
import { CliError } from "../cli-error.ts";
import type { SecretFacts } from "../doctor/secret-facts.ts";
import type { GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";

const TAG = "orot-probe";
const TAG_VALUE = "throw-away";
const NAME_PREFIX = "orot-probe-";

/** Requires a mark in Vault itself by which the secret's creator declared that nothing depends on it. @throws CliError */
export function requireThrowAway({ name, tags, rotation, lifecycle }: SecretFacts, secretId: string): void {
  if (tags?.[TAG] !== TAG_VALUE && !name.startsWith(NAME_PREFIX)) {
    throw new CliError("USAGE", {
      what: "this secret is not marked for probing",
      means: "probing replaces its client secret several times; nothing was done",
      next: `use a client that no application needs, and mark its secret: free-form tag ${TAG}=${TAG_VALUE}, or a name that begins with ${NAME_PREFIX}`,
    });
  }
  if (rotation.status === "IN_PROGRESS" || rotation.isScheduled || lifecycle !== "ACTIVE") {
    throw new CliError("USAGE", {
      what: "the secret is not ACTIVE, or Vault rotates it by itself",
      means: "a rotation in between would falsify the answers; nothing was done",
      next: `switch its schedule off and wait until no rotation is in progress: oci-rotate schedule show ${secretId}`,
    });
  }
}

/** Asks the operator to type the secret's name; `--yes` replaces that in a script. @throws CliError if the name is not given */
export async function confirmName(runtime: Runtime, options: Pick<GlobalOptions, "yes">, name: string): Promise<void> {
  if (options.yes) return;
  if (!runtime.isTerminal.stdin || !runtime.isTerminal.stderr) {
    throw new CliError("CONFIRMATION_NEEDED", {
      what: "there is no terminal to ask at",
      means: "nothing was done",
      next: "add --yes to run it without a question",
    });
  }
  const typed = await runtime.ask(
    `This replaces the client secret in ${printable(name)} several times. Type the secret's name to go on: `,
  );
  if (typed.trim() === name) return;
  throw new CliError("NOT_CONFIRMED", {
    what: "the name was not typed",
    means: "nothing was done",
    next: "run it again and type the secret's name as it is in Vault",
  });
}
