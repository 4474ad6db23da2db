import { expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { Transport } from "../../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import type { MailTrouble, SendMail } from "../../../src/notify/mail.ts";
import { createHandler } from "../../../src/rotation/handler.ts";
import { accessOver } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds(true);

/** A world whose mails are refused for a reason that holds what `why` gives: a defect, as one may be made some day. */
async function telling(why: (w: TestWorld) => string): Promise<TestWorld> {
  let w: TestWorld | null = null;
  const sendMail: SendMail = async () => ({
    outcome: "failed",
    why: (w === null ? "MAIL_REFUSED" : why(w)) as MailTrouble,
  });
  w = await world({ sendMail });
  const mail = { host: "smtp.example.org", port: 587, from: "rotator@example.org" };
  w.environment["OROT_SMTP_SECRET_ID"] = w.emulator.admin.createSecret({ name: "mail", content: JSON.stringify(mail) });
  await w.call({ secretId: w.secretId, action: "subscribe", endpoint: "mailto:one@example.org" });
  return w;
}

const HELD = "canary-of-a-host-9c1f";
const maskedIn = ({ log }: TestWorld) => log.filter(({ event }) => event === "secret-masked");
const troubles = ({ log }: TestWorld) =>
  log.filter(({ event }) => event === "not-notified").map((line) => line["outcome"]);

test("a defect that logs the old, the new or the stored client secret logs [secret], and says that it is one", async () => {
  for (const versionNo of [1, 3]) {
    const w = await telling((at) => at.valueOf(versionNo) ?? "");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(troubles(w)).toEqual(["[secret]"]);
    expect(maskedIn(w)).toEqual([
      expect.objectContaining({ level: "error", callId: "01TESTCALL", in: "not-notified", places: ["outcome"] }),
    ]);
  }
});

test("a defect that logs a token logs [secret]", async () => {
  const w = await telling((at) => Object.keys(at.emulator.state.identity.domains.default.tokens).at(-1) ?? "");
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(troubles(w)).toEqual(["[secret]"]);
});

test("a defect that answers with a client secret answers [secret]", async () => {
  const w = await world({ environment: { OROT_NOTIFY_HOSTS: `${HELD}.example` } });
  // Subscribing asks that they are set, and reads neither.
  const own = w.emulator.admin.createSecret({ name: "own", content: "{}" });
  w.environment["OROT_WEBHOOK_KEY_SECRET_ID"] = own;
  w.environment["OROT_SMTP_SECRET_ID"] = own;
  for (const endpoint of [`https://${HELD}.example/x`, "mailto:a@example.org"]) {
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "subscribe", endpoint }))).toBe("OK 200");
  }
  // A call that reads a client secret of the same form as a subscriber's host.
  const transport: Transport = (request) => {
    new Secret(HELD).reveal();
    return w.emulator.transport(request);
  };
  const lines: string[] = [];
  const handler = createHandler({
    clock: w.clock,
    entropy: createSeededEntropy(3),
    transport,
    vaultAccess: () => accessOver(transport),
    environment: {},
    write: (line) => {
      lines.push(line);
    },
  });
  const event = Buffer.from(JSON.stringify({ secretId: w.secretId, action: "subscribers" }));
  const answer = await handler(event, { callID: "01", deadline: null });
  expect(answer).toMatchObject({
    responseCode: 200,
    endpoints: ["https://[secret].example/…", "mailto:a@example.org"],
  });
  expect(JSON.stringify([answer, lines])).not.toContain(HELD);
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ event: "secret-masked", in: "answer", places: ["endpoints[0]"] }),
  );
});

test("a rotation, a heal, a check and their failures mask nothing", async () => {
  const w = await world();
  await w.rotate();
  await w.call({ secretId: w.secretId, action: "check" });
  await w.call({ secretId: w.secretId, action: "heal" });
  w.emulator.faults.add({ call: "regenerate", kind: "server-error-after" });
  await w.clock.sleep(3_600_000);
  await w.rotate();
  expect(maskedIn(w)).toEqual([]);
});
