import { formsOf } from "../../canary.ts";
import { WEBHOOK_KEY } from "../../setup.ts";
import { named, versionsOf } from "../condition.ts";
import type { Run } from "../finished.ts";
import type { Owner } from "../prepare.ts";

const victims: readonly Owner[] = ["S", "B", "U"];

/** Values and tokens of everybody but the attacker, and what the function signs with, webhooks included: none of it did he write. */
export function othersValues(run: Run): readonly string[] {
  const { prepared, world, watch, attacker } = run;
  const { ground, clients, signature } = prepared;
  const found = new Set<string>([signature, WEBHOOK_KEY]);
  for (const owner of victims) {
    const client = clients[owner];
    if (client === null) continue;
    for (const value of watch.seen(owner)) found.add(value);
    for (const token of ground.tokens(world.emulator, client.clientId)) found.add(token);
  }
  for (const { number, content } of versionsOf(run)) {
    const { isOfS, value } = named(prepared, content);
    if (isOfS && value !== null && value !== "" && !attacker.written.has(number)) found.add(value);
  }
  return [...found].filter((value) => !attacker.known.has(value));
}

/** Every form in which one of these values could stand in a text: clear, escaped, URL-encoded, base64 at each alignment, hexadecimal. */
export function needlesOf(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [...formsOf(value), Buffer.from(value).toString("hex")]);
}

export function holdsAny(text: string, needles: readonly string[]): boolean {
  return needles.some((needle) => text.includes(needle));
}
