import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import type { NewSecret } from "../../clients/vault/create-secret.ts";
import { CliError } from "../cli-error.ts";
import { compartmentId, keyId, vaultId } from "../fields.ts";

/** Where a new secret goes. */
export type SecretPlace = Pick<NewSecret, "compartmentId" | "vaultId" | "keyId">;

const ruleSchema = z.strictObject({
  compartmentId: z.optional(compartmentId),
  vaultId: z.optional(vaultId),
  keyId: z.optional(keyId),
});

const FORM = '{"owner": {"compartmentId": "…", "vaultId": "…", "keyId": "…"}}';
const bad = (what: string, next = `give ${FORM}`) =>
  new CliError("USAGE", { what, means: "nothing was changed", next });

function placeOf(owner: string, value: unknown, usual: SecretPlace): SecretPlace {
  const name = printable(owner);
  const parsed = ruleSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const member = issue?.path[0];
    throw member === undefined
      ? bad(`the place of owner ${name} in --place is no object of compartmentId, vaultId and keyId alone`)
      : bad(`${String(member)} of owner ${name} in --place is not ${issue?.message ?? "usable"}`);
  }
  const { compartmentId: into = usual.compartmentId, vaultId: vault, keyId: key } = parsed.data;
  if ((vault === undefined) !== (key === undefined)) {
    throw bad(`owner ${name} in --place has a vault without a key, or a key without its vault`, "name both");
  }
  return { compartmentId: into, vaultId: vault ?? usual.vaultId, keyId: key ?? usual.keyId };
}

/**
 * Owners with the place of their secrets, from a file. What it leaves out is as usual.
 * @throws CliError FILE_UNUSABLE, USAGE
 */
export function readPlaces(file: string, usual: SecretPlace): ReadonlyMap<string, SecretPlace> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new CliError("FILE_UNUSABLE", { what: `${file} cannot be read`, next: "name the file with owners' places" });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("the file of --place is not JSON");
  }
  const owners = z.record(z.string(), z.unknown()).safeParse(value);
  if (!owners.success || Object.keys(owners.data).length === 0) throw bad("the file of --place names no owners");
  return new Map(Object.entries(owners.data).map(([owner, rule]) => [owner, placeOf(owner, rule, usual)]));
}

/** Each different place, with how many secrets go there. */
export function countedPlaces(places: readonly SecretPlace[]): readonly (SecretPlace & { readonly secrets: number })[] {
  const counts = new Map<string, SecretPlace & { secrets: number }>();
  for (const place of places) {
    const key = placeKey(place);
    counts.set(key, { ...place, secrets: (counts.get(key)?.secrets ?? 0) + 1 });
  }
  return [...counts.values()];
}

export const placeKey = ({ compartmentId: into, vaultId: vault, keyId: key }: SecretPlace): string =>
  `${into} ${vault} ${key}`;
