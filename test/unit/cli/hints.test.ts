/** Whatever a command prints can be pasted: the commands in it go to the same tenancy, as the same operator. */
import { expect, test } from "vitest";
import { COMMANDS } from "../../../src/cli/command-line.ts";
import { type CliWorld, useCli } from "../../support/cli.ts";
import { contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import { deployed } from "./commands/doctor-rig.ts";

const cli = useCli();

/** A command that an operator is told: ours, or one of OCI's own command line. */
const TOLD = new RegExp(
  `\\b(?:oci-rotate|oci)( --[a-z].*?)? (?:${[...COMMANDS, "fn", "secrets", "vault"].join("|")})(?![\\w:-])`,
  "g",
);
const GIVEN = ["--profile", "DEFAULT", "--region", "us-ashburn-1"];

interface Case {
  readonly words: (w: CliWorld) => readonly string[];
  /** What has happened before. */
  readonly before?: (w: CliWorld) => unknown;
  /** A part of what must be told. */
  readonly tells: string;
  /** The other form tells no command. */
  readonly only?: "text" | "JSON";
}

const cases: Readonly<Record<string, Case>> = {
  "doctor: CURRENT is refused": {
    before: (w) => {
      deployed(w);
      regenerateByHand(w, "made-in-the-console");
    },
    words: (w) => ["doctor", w.secretId],
    tells: "check ocid1.vaultsecret",
  },
  "doctor: the function has too little time": {
    before: (w) => deployed(w, {}, { timeoutInSeconds: 30 }),
    words: (w) => ["doctor", w.secretId],
    tells: "fn function update container-function",
  },
  "doctor: no schedule": {
    words: (w) => ["doctor", w.secretId, "--function", w.deploy()],
    tells: "vault secret update",
  },
  "rotate: the rotation targets no function": {
    before: (w) => {
      w.emulator.admin.secret(w.secretId).rotationConfig = null;
    },
    words: (w) => ["rotate", w.secretId, "--via", "vault", "--yes"],
    tells: "schedule",
  },
  "rotate: Vault's rotation has failed": {
    before: (w) => {
      deployed(w);
      w.emulator.admin.app(w.app.clientId).active = false;
    },
    words: (w) => ["rotate", w.secretId, "--via", "vault", "--yes"],
    tells: "status ocid1.vaultsecret",
  },
  "heal --all: something is to be healed": {
    before: async (w) => {
      deployed(w);
      await writeVersion(w, contentWith(w, w.app.secret));
    },
    words: (w) => ["heal", "--all", "--compartment", w.emulator.admin.secret(w.secretId).compartmentId, "--dry-run"],
    tells: "heal ocid1.vaultsecret",
    only: "JSON",
  },
  "status: a rotation is to be finished": {
    before: (w) => writeVersion(w, contentWith(w, w.app.secret)),
    words: (w) => ["status", w.secretId],
    tells: "heal ocid1.vaultsecret",
    only: "text",
  },
  "a name that no secret has": {
    words: (w) => ["check", "no-such-name", "--compartment", w.emulator.admin.secret(w.secretId).compartmentId],
    tells: "scan",
  },
};

const forms = Object.entries(cases).flatMap(([name, one]) =>
  (["text", "JSON"] as const).filter((form) => (one.only ?? form) === form).map((form) => [name, form, one] as const),
);

test.each(forms)("%s, as %s", async (_name, form, { before, words, tells }) => {
  const w = await cli();
  await before?.(w);
  const { stdout, stderr } = await w.run(...words(w), ...GIVEN, ...(form === "JSON" ? ["--json"] : []));
  const printed = form === "JSON" ? stdout : `${stdout}${stderr}`;
  const told = [...printed.matchAll(TOLD)];
  expect(printed).toContain(`${GIVEN.join(" ")} ${tells}`);
  expect(told.map(([, options]) => options)).toEqual(told.map(() => ` ${GIVEN.join(" ")}`));
});
