import * as z from "zod/mini";
import type { ListedSecret } from "../clients/vault/directory.ts";
import { CliError } from "./cli-error.ts";
import type { AnyCommand, CommandContext } from "./command.ts";
import { compartmentsOf } from "./compartments.ts";
import { defaultList } from "./defaults/defaults.ts";
import { createOperatorDirectory, placeError } from "./inventory/inventory.ts";
import { isSecretId } from "./secret-argument.ts";

type Context = Pick<CommandContext<unknown>, "runtime" | "signIn">;
type Values = Readonly<Record<string, unknown>>;

interface Places {
  readonly compartmentIds: readonly string[];
  /** Empty: all vaults. */
  readonly vaultIds: readonly string[];
}

/** Options that take one value and those that take several. */
const given = z._default(
  z.union([
    z.array(z.string()),
    z.pipe(
      z.string(),
      z.transform((one) => [one]),
    ),
  ]),
  [],
);

function placesOf({ runtime }: Context, { compartment, vault }: Values): Places {
  const vaultIds = given.parse(vault);
  return {
    compartmentIds: compartmentsOf(runtime, { compartment: given.parse(compartment) }, "to find a secret by its name"),
    vaultIds: vaultIds.length > 0 ? vaultIds : defaultList(runtime.environment, "vault"),
  };
}

/** All that have exactly this name, those in deletion too: nothing is chosen among them. */
async function secretsNamed(
  context: Context,
  { compartmentIds, vaultIds }: Places,
  name: string,
): Promise<ListedSecret[]> {
  const directory = createOperatorDirectory(context.runtime, await context.signIn());
  const found = new Map<string, ListedSecret>();
  for (const compartmentId of compartmentIds) {
    try {
      for await (const secret of directory.secrets({ compartmentId, name })) {
        const isThere = vaultIds.length === 0 || vaultIds.includes(secret.vaultId);
        if (secret.name === name && isThere && secret.lifecycle !== "DELETED") found.set(secret.secretId, secret);
      }
    } catch (thrown) {
      throw placeError(thrown, compartmentId);
    }
  }
  return [...found.values()];
}

async function idOf(context: Context, places: Places, name: string): Promise<string> {
  const found = await secretsNamed(context, places, name);
  const [one, ...others] = found;
  // The name itself is not shown: someone may have put a secret in its place.
  if (one === undefined) {
    throw new CliError("NOTHING_FOUND", {
      what: `no secret of the given name is in ${[...places.compartmentIds, ...places.vaultIds].join(", ")}, or you may not see it`,
      next: "check the name, which is case-sensitive, with oci-rotate scan; name other places with --compartment and --vault; or give the OCID",
    });
  }
  if (others.length === 0) return one.secretId;
  const candidates = found.map(
    ({ secretId, vaultId, compartmentId }) => `${secretId} (vault ${vaultId}, compartment ${compartmentId})`,
  );
  throw new CliError("SECRET_AMBIGUOUS", {
    what: `${found.length} secrets have this name: ${candidates.join("; ")}`,
    means: "nothing was done",
    next: "give the OCID, or narrow it with --vault or --compartment",
  });
}

/** An OCID says where its secret is. @throws CliError USAGE */
function requireName(secrets: readonly string[], { compartment, vault }: Values): void {
  const [flag] = [
    ...(given.parse(compartment).length > 0 ? ["--compartment"] : []),
    ...(given.parse(vault).length > 0 ? ["--vault"] : []),
  ];
  if (flag === undefined || secrets.length === 0 || !secrets.every(isSecretId)) return;
  throw new CliError("USAGE", {
    what: `${flag} was given beside the OCID of a secret`,
    next: `leave ${flag} out; it is for a secret given by its name`,
  });
}

/** The values with the OCID in place of each secret's name. Without names nothing is sent. @throws CliError */
export async function withSecretIds(context: Context, definition: AnyCommand, values: Values): Promise<Values> {
  const parameters = Object.entries({ ...definition.arguments, ...definition.options });
  const keys = parameters.flatMap(([key, { isSecret }]) => (isSecret === true ? [key] : []));
  requireName(
    parameters.flatMap(([key, { isSecret, sharesPlaces }]) =>
      isSecret === true && sharesPlaces !== true ? given.parse(values[key]) : [],
    ),
    values,
  );
  const resolved: Record<string, unknown> = { ...values };
  for (const key of keys) {
    const typed = values[key];
    const ids: string[] = [];
    for (const one of given.parse(typed)) {
      ids.push(isSecretId(one) ? one : await idOf(context, placesOf(context, values), one));
    }
    resolved[key] = Array.isArray(typed) ? ids : ids[0];
  }
  return resolved;
}
