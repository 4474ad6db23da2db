import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { STEPS } from "../support/world.ts";
import { leaks } from "./canary.ts";
import { type Command, startCommand } from "./command.ts";

const CALLS = 21;
/** How every client secret of the emulated domain begins. */
const SECRET_PREFIX = "idcscs-";
/** Tokens, keys, and the headers that would carry a secret. */
const SECRET = /eyJ[A-Za-z0-9_-]{8}|PRIVATE KEY|Basic |Bearer /;
/** No word of the demo is so long, and every client secret and every whole id at the other issuers is. */
const LONG_WORD = /[A-Za-z0-9_-]{30}/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;
/** A heal first waits for what the dead run may still do. */
const HEAL_MS = 60_000;
/** The mirror writes some twenty versions, and each leaves its secret UPDATING for a second. */
const MIRROR_MS = 60_000;

describe("npm run demo", () => {
  const commands: Command[] = [];
  afterAll(() => Promise.all(commands.map((command) => command.dispose())));
  const run = async (args: readonly string[], root = ROOT) => {
    const command = startCommand("scripts/demo/main.ts", args, root);
    commands.push(command);
    const code = await command.ended;
    return { ...command, code, stdout: command.stdout, stderr: command.stderr };
  };

  /** Each demo mostly waits for its emulator, so all of them run at once. */
  const demos = {
    withJson: ["--json"],
    without: [],
    uaa: ["--json", "--issuer", "uaa"],
    keycloak: ["--json", "--issuer", "keycloak"],
    "edfi-cms": ["--json", "--issuer", "edfi-cms"],
    notify: ["--notify", "--json"],
    toldByHeal: ["--notify", "--json", "--fault", "promote:killed-after"],
    mirror: ["--mirror", "--json"],
    healed: ["--json", "--issuer", "uaa", "--fault", "install:killed-after"],
  } as const;
  const running = new Map<keyof typeof demos, ReturnType<typeof run>>();
  beforeAll(() => {
    for (const [name, args] of Object.entries(demos)) running.set(name as keyof typeof demos, run(args));
  });
  const demo = (name: keyof typeof demos) => running.get(name) as ReturnType<typeof run>;

  const expectNoSecret = (lines: readonly string[]) => {
    expect(leaks(lines, [SECRET_PREFIX])).toBe(0);
    expect(lines.join("\n")).not.toMatch(SECRET);
  };

  it("with --json ends with one line for scripts, and tells its story on stderr", async () => {
    const { code, stdout, stderr, leftovers } = await demo("withJson");
    expect(code).toBe(0);
    expect(stdout).toHaveLength(1);
    const summary = JSON.parse(stdout.at(-1) ?? "");
    expect(summary).toEqual({
      ok: true,
      issuer: "oci-iam",
      steps: STEPS.map((step) => ({ step, ms: expect.any(Number), responseCode: 200 })),
      versions: expect.any(Array),
      oldSecret: "rejected",
      newSecret: "accepted",
      remoteCalls: expect.any(Number),
    });
    // Between the two lie the rotation's claims.
    expect(summary.versions[0]).toEqual({ number: 1, versionStages: ["PREVIOUS"] });
    expect(summary.versions.at(-1)).toEqual({
      number: summary.versions.length,
      versionStages: ["CURRENT", "LATEST"],
    });
    expect(summary.remoteCalls).toBe(CALLS);
    for (const step of STEPS) expect(stderr.join("\n")).toContain(`${step}: `);
    expectNoSecret([...stdout, ...stderr]);
    expect(leftovers()).toEqual([]);
  });

  it("tells its story on stdout and nothing on stderr", async () => {
    const { code, stdout, stderr } = await demo("without");
    expect(code).toBe(0);
    expect(stderr).toEqual([]);
    const story = stdout.join("\n");
    const stages = ["verify-current", "fetch-token", "regenerate", "write-pending", "verify-pending", "promote"];
    for (const word of [...STEPS, ...stages]) expect(story).toContain(word);
    expect(story).toContain("the old client secret is rejected, the one in CURRENT is accepted");
    expect(story).toContain("The rotation ended well");
    expectNoSecret(stdout);
  });

  it.each([
    ["uaa", { overlapSecret: "accepted", oldSecret: "rejected", retire: { responseCode: 200, code: "OK" } }],
    [
      "keycloak",
      {
        overlapSecret: "accepted",
        oldSecret: "accepted",
        oldSecretUntil: expect.stringMatching(ISO_TIME),
        expiredSecret: "rejected",
      },
    ],
    ["edfi-cms", { oldSecret: "rejected" }],
  ] as const)("rotates at %s too", async (issuer, verdicts) => {
    const { code, stdout, stderr, leftovers } = await demo(issuer);
    expect(code).toBe(0);
    expect(stdout).toHaveLength(1);
    const summary = JSON.parse(stdout.at(-1) ?? "");
    const steps = STEPS.map((step) => ({ step, responseCode: 200 }));
    expect(summary).toMatchObject({ ok: true, issuer, steps, newSecret: "accepted", ...verdicts });
    expect(summary.versions.at(-1).versionStages).toEqual(["CURRENT", "LATEST"]);
    const story = stderr.join("\n");
    for (const step of STEPS) expect(story).toContain(`${step}: `);
    expect(story).toContain("The rotation ended well");
    expectNoSecret([...stdout, ...stderr]);
    expect([...stdout, ...stderr].join("\n")).not.toMatch(LONG_WORD);
    expect(leftovers()).toEqual([]);
  });

  interface Told {
    readonly webhooks: unknown;
    readonly mails: unknown;
    readonly versions: readonly { readonly number: number }[];
  }
  const expectTold = ({ webhooks, mails, versions }: Told) => {
    const versionNo = versions.at(-1)?.number;
    const secretId = expect.stringMatching(/^ocid1\.vaultsecret\./);
    expect(webhooks).toEqual([
      {
        usecase: "credentialRotation",
        change: "credentials",
        id: expect.stringMatching(new RegExp(`^ocid1\\.vaultsecret\\..+:${versionNo}:1$`)),
        time: expect.any(String),
        secretId,
        versionNo,
        verified: true,
      },
    ]);
    expect(mails).toEqual([{ to: "ops@example.org", subject: "A client secret in OCI Vault was rotated" }]);
  };

  it("with --notify shows a webhook with a verified signature, and a mail", async () => {
    const { code, stdout, stderr, leftovers } = await demo("notify");
    expect(code).toBe(0);
    const summary = JSON.parse(stdout.at(-1) ?? "");
    expect(summary).toMatchObject({ ok: true, oldSecret: "rejected", newSecret: "accepted" });
    expectTold(summary);
    const story = stderr.join("\n");
    expect(story).toMatch(/webhook, its signature verified: \{"usecase":"credentialRotation"/);
    expect(story).toContain("mail to ops@example.org: A client secret in OCI Vault was rotated");
    expectNoSecret([...stdout, ...stderr]);
    expect(`${stdout}${stderr}`).not.toContain("whsec_");
    expect(leftovers()).toEqual([]);
  });

  it(
    "with --notify shows that the heal tells of a rotation whose function was killed before it could",
    async () => {
      const { code, stdout } = await demo("toldByHeal");
      expect(code).toBe(0);
      const summary = JSON.parse(stdout.at(-1) ?? "");
      expect(summary).toMatchObject({ ok: true, struck: true, heal: { responseCode: 200 } });
      expectTold(summary);
    },
    HEAL_MS,
  );

  it(
    "with --mirror brings a change at the Credential Exchange into Vault",
    async () => {
      const { code, stdout, stderr, leftovers } = await demo("mirror");
      expect(code).toBe(0);
      expect(stdout).toHaveLength(1);
      expect(JSON.parse(stdout.at(-1) ?? "")).toEqual({
        ok: true,
        mirror: {
          // Two schemas, eight files and the manifest.
          secrets: 11,
          manifestVersion: 3,
          setsServed: 2,
          setInForce: 2,
          callbacks: [200],
          fetches: 2,
          tokenRequests: 1,
          problems: [],
        },
      });
      const story = stderr.join("\n");
      expect(story).toContain('{usecase:"credentialRotation","change":"all"}');
      expect(story).toContain("mailto:operator@emulated.example");
      expect(story).toContain("Version 3 of the manifest names the new set");
      expectNoSecret([...stdout, ...stderr]);
      expect(story).not.toMatch(LONG_WORD);
      expect(leftovers()).toEqual([]);
    },
    MIRROR_MS,
  );

  it(
    "heals after a function that was killed as the issuer took the value",
    async () => {
      const { code, stdout, stderr } = await demo("healed");
      expect(code).toBe(0);
      expect(JSON.parse(stdout.at(-1) ?? "")).toMatchObject({
        ok: true,
        healed: true,
        struck: true,
        newSecret: "accepted",
        heal: { responseCode: 200, code: "OK" },
      });
      expect(stderr.join("\n")).toContain("The rotation failed, and the heal finished it");
    },
    HEAL_MS,
  );

  it("exits with 1 and says so where the rotation did not end well", async () => {
    // A copy without dist/: the function cannot be started.
    const root = mkdtempSync(path.join(tmpdir(), "demo-"));
    try {
      for (const folder of ["src", "scripts", "test/prove"]) {
        cpSync(path.join(ROOT, folder), path.join(root, folder), { recursive: true });
      }
      cpSync(path.join(ROOT, "package.json"), path.join(root, "package.json"));
      symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
      const { code, stdout, stderr } = await run(["--json"], root);
      expect(code).toBe(1);
      expect(JSON.parse(stdout.at(-1) ?? "")).toMatchObject({
        ok: false,
        steps: [{ step: "VERIFY_CONNECTION", responseCode: null }],
        versions: [{ number: 1, versionStages: ["CURRENT", "LATEST"] }],
      });
      expect(stderr.join("\n")).toContain("did not end well.");
      expect(stderr.join("\n")).toContain("npm run build");
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it("refuses an option that it does not know, names its help, and exits with 2", async () => {
    const { code, stdout, stderr } = await run(["--json", "--no-such"]);
    expect(code).toBe(2);
    expect(stdout).toEqual([]);
    expect(stderr[0]).toContain("'--no-such'");
    expect(stderr.slice(1)).toEqual(["npm run demo -- --help lists the options."]);
  });

  it("prints its help and exits with 0", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect([code, stderr]).toEqual([0, []]);
    expect(stdout.join("\n")).toContain("Usage: npm run demo");
  });
});
