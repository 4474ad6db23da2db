import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compactDecrypt } from "jose";
import { DAY_MS, HOUR_MS } from "../../src/base/durations.ts";
import { type AdoptWorld, COMPARTMENT, createAdoptWorld, HOLDER, HOOK } from "./adopt-world.ts";

type Verdict = "accepted" | "rejected";

/** For the eye and, with --json, for scripts. Holds no secret. */
export interface AdoptDemo {
  readonly ok: boolean;
  readonly adopt: {
    /** By issuer: clients that it lists, those adopted, and those whose CURRENT is accepted at the end. */
    readonly issuers: readonly {
      readonly issuer: string;
      readonly listed: number;
      readonly adopted: number;
      readonly accepted: number;
    }[];
    /** Rotated a month later, by the function. */
    readonly rotated: number;
    /** The holder opened both messages, and the issuer accepted what was inside. */
    readonly opened: boolean;
    /** The value that nobody knew, after the express word. */
    readonly unknownSecret: Verdict;
    /** The value before the rotation: while nobody had acknowledged the new one, and after. */
    readonly oldSecret: Verdict;
    readonly retiredSecret: Verdict;
    /** How often a CURRENT was found refused between two steps. */
    readonly refusals: number;
  };
}

interface Opened {
  readonly client_secret: string;
  readonly version: number;
}

/** The end of what a command printed: its summary. */
const summaryOf = (stdout: string) => stdout.match(/^\S.*$/gm)?.slice(-2) ?? [];

const verdict = (isAccepted: boolean): Verdict => (isAccepted ? "accepted" : "rejected");

/** An administrator's month: what three issuers have, under rotation, rotated, in a holder's hands, and the old value ended. */
export async function adoptDemo(tell: (text: string) => void): Promise<AdoptDemo> {
  const world = createAdoptWorld();
  try {
    return await month(world, tell);
  } finally {
    world.close();
  }
}

async function month(world: AdoptWorld, tell: (text: string) => void): Promise<AdoptDemo> {
  const { clock, issuers, functionId, home, into, held, shown } = world;
  let refusals = 0;
  const accepted = ({ values, accepts }: (typeof issuers)[number]) =>
    [...values.keys()].filter((id) => {
      const current = held(id);
      return current !== null && accepts(id, current.value);
    }).length;
  /** Shows a command and the end of its output. An exit code that is not expected ends the story. */
  const run = async (words: readonly string[], input: string | null = null, expected: readonly number[] = [0]) => {
    tell(`$ oci-rotate ${shown(words)}${input === null ? "" : " < clients.json"}`);
    const { exitCode, stdout, stderr } = await world.run(words, input);
    if (!expected.includes(exitCode)) throw new Error(`${words[0]} ended with ${exitCode}: ${stderr}${stdout}`);
    for (const line of summaryOf(stdout)) tell(`  ${line}`);
    tell("");
    for (const issuer of issuers) {
      for (const id of issuer.values.keys()) {
        const current = held(id);
        if (current !== null && !issuer.accepts(id, current.value)) refusals += 1;
      }
    }
    return stdout;
  };

  tell("A realm of Keycloak, a UAA and an Ed-Fi Configuration Service. Nobody tracks their clients.\n");
  tell("MORNING: what is there?\n");
  const listed = new Map<string, number>();
  for (const { name, authority } of issuers) {
    const words = ["clients", "--authority", authority, "--compartment", COMPARTMENT];
    await run([...words, "--unmanaged"], null, [4]);
    const { stdout } = await world.run([...words, "--json"]);
    listed.set(name, JSON.parse(stdout).clients.length);
  }
  tell(
    "NOON: bring them under rotation. Keycloak shows the values in use. Those of the UAA and the CMS are in files, but for one.\n",
  );
  const adopted = new Map<string, number>();
  for (const { name, authority, input, adoptWords, values } of issuers) {
    const words = ["adopt", "--authority", authority, ...into, "--function", functionId, ...adoptWords];
    await run([...words, "--dry-run"], input);
    await run([...words, "--yes"], input);
    adopted.set(name, [...values.keys()].filter((id) => held(id) !== null).length);
  }
  const before = held(HOLDER);
  const uaa = issuers.find(({ name }) => name === "uaa");
  if (before === null || uaa === undefined) throw new Error(`${HOLDER} was not adopted`);
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keyFile = path.join(home, "holder.jwk");
  writeFileSync(keyFile, JSON.stringify(publicKey.export({ format: "jwk" })));
  const works = (value: string) => verdict(uaa.accepts(HOLDER, value));
  const { secretId } = before;
  /** What the holder finds in the message, and whether the issuer accepts it. */
  const handOver = async () => {
    const messageFile = path.join(home, "message.jwe");
    await run(["hand-over", secretId, "--to", keyFile, "--out", messageFile]);
    const { plaintext } = await compactDecrypt(readFileSync(messageFile, "utf8").trim(), privateKey);
    const { client_secret: value, version }: Opened = JSON.parse(new TextDecoder().decode(plaintext));
    tell(`  The holder opens it: version ${version}, which the UAA has ${works(value)}.\n`);
    return { version: String(version), isAccepted: works(value) === "accepted" };
  };

  tell(
    `AFTERNOON: nobody knew the value of ${HOLDER}, so it has a second one. Its holder has no OCI account, and has sent a public key.\n`,
  );
  const first = await handOver();
  tell(
    "The holder says that the new value is in use everywhere. Only then an express word ends the one that nobody knew.\n",
  );
  await run(["retire", secretId, "--unknown", "--yes"]);
  const unknownSecret = works(uaa.values.get(HOLDER) ?? "");
  tell(`  The value that nobody knew is ${unknownSecret}.\n`);
  await run(["notify", "add", secretId, HOOK, "--yes"]);

  tell("A MONTH LATER: all of them are a month old. The function rotates them, within the issuers' limits.\n");
  await clock.sleep(31 * DAY_MS);
  const ids = issuers.flatMap(({ values }) => [...values.keys()]);
  const adoptedValues = new Map(ids.map((id) => [id, held(id)?.value]));
  await run(["rotate", "--all-due", "--function", functionId, "--max-age", "30d", "--yes"]);
  const rotated = ids.filter((id) => held(id)?.value !== adoptedValues.get(id));
  const second = await handOver();
  tell("The old value works until its holder says that the new one is there, whatever the grace.\n");
  await clock.sleep(3 * HOUR_MS);
  await run(["heal", secretId, "--yes"]);
  const oldSecret = works(before.value);
  tell(`  Three hours later, after a heal, the old value is ${oldSecret}.\n`);
  await run(["notify", "acknowledge", secretId, HOOK, second.version]);
  await run(["heal", secretId, "--yes"]);
  const retiredSecret = works(before.value);
  tell(`  After the acknowledgement and a heal, the old value is ${retiredSecret}.\n`);

  const opened = first.isAccepted && second.isAccepted;
  const adopt = {
    issuers: issuers.map((issuer) => ({
      issuer: issuer.name,
      listed: listed.get(issuer.name) ?? 0,
      adopted: adopted.get(issuer.name) ?? 0,
      accepted: accepted(issuer),
    })),
    ...{ rotated: rotated.length, opened, unknownSecret, oldSecret, retiredSecret, refusals },
  };
  const isWhole = adopt.issuers.every(({ adopted: count, accepted: well }) => count > 0 && well === count);
  const isEnded = unknownSecret === "rejected" && retiredSecret === "rejected";
  const ok = isWhole && opened && isEnded && oldSecret === "accepted" && refusals === 0;
  tell(ok ? "It ended well: at no step was a CURRENT refused." : "It did not end well.");
  return { ok, adopt };
}
