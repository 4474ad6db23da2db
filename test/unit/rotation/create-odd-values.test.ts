import { describe, expect, test } from "vitest";
import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import { type ClientKind, edfiClient, ociIamClient } from "../../support/clients.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

interface Minting {
  readonly client: ClientKind;
  readonly path: RegExp;
  /** The member of the answer that holds the value. */
  readonly member: string;
  /** Where the emulator keeps what it made. */
  made(w: TestWorld): { secret: string; accepted: { readonly value: string }[] } | undefined;
}

const issuers: Readonly<Record<string, Minting>> = {
  "oci-iam": {
    client: ociIamClient,
    path: /AppClientSecretRegenerator$/,
    member: "clientSecret",
    made: (w) => w.emulator.state.identity.domains.default.apps[w.app.appId],
  },
  "edfi-cms": {
    client: edfiClient(),
    path: /reset-credential$/,
    member: "secret",
    made: (w) => Object.values(w.emulator.state.edfiCms.clients).find(({ key }) => key === w.client.clientId),
  },
};

/** What of a value reaches a server, which can be compared with nothing else. */
const inUtf8 = (value: string) => Buffer.from(value).toString();

/** An issuer whose first new client secret is this one. */
async function minting({ client, path, member, made }: Minting, value: string): Promise<TestWorld> {
  let w: TestWorld | null = null;
  let isMade = false;
  const bend = (answer: HttpResponse, request: HttpRequest): HttpResponse | undefined => {
    if (w === null || isMade || !path.test(request.url) || answer.status >= 300) return undefined;
    isMade = true;
    const shown = { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), [member]: value }) };
    if (/^\**$/.test(value)) return shown;
    const stored = made(w);
    if (stored === undefined) throw new Error("the emulator has made nothing");
    const carried = inUtf8(value);
    const { secret } = stored;
    stored.accepted = stored.accepted.map((entry) => (entry.value === secret ? { ...entry, value: carried } : entry));
    stored.secret = carried;
    return shown;
  };
  const domain = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
  const environment = { OROT_ISSUER_ORIGINS: `${domain},https://cms.emulated.example` };
  w = await world({ client, bend, environment });
  return w;
}

const odd: Readonly<Record<string, string>> = {
  "of 2,001 characters": "x".repeat(2_001),
  "of 20,000 characters": "y".repeat(20_000),
  "with a tab and a line end": "tab\tand\r\nline",
  "with a zero and other control characters": "\u0000zero\u001b\u007f\u0085",
  "with quotes and backslashes": '"quote" \\u0041 \\',
  "with half a character": "half \ud83d of one",
  "of characters beyond the first plane": "😀\u{10ffff}\u2028",
  "that looks like a content": '","appSecret":"x","_rotation":{}}',
};

describe.each(Object.entries(issuers))("a client secret that an issuer of kind %s makes", (_name, issuer) => {
  test.each(Object.entries(odd))("%s is stored whole, logs in and is CURRENT", async (_what, value) => {
    const w = await minting(issuer, value);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(w.valueOf(answer.versionNo ?? 0)).toBe(value);
    expect(w.client.accepts(inUtf8(value))).toBe(true);
  });

  test.each(Object.entries(odd))("%s is understood by the calls that come later", async (_what, value) => {
    const w = await minting(issuer, value);
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(STEPS.map(() => "OK 200"));
    expect(w.valueOf(answers.at(-1)?.versionNo ?? 0)).toBe(value);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "check" }))).toBe("OK 200");
    await w.clock.sleep(3_600_000);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that does not fit into a version is reported with its length and what to do", async () => {
    const w = await minting(issuer, "z".repeat(26_000));
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("LOCKED_OUT 400");
    expect(answer.returnMessage).toContain("a client secret of 26000 characters");
    expect(answer.returnMessage).toContain("25 KB");
    expect(answer.returnMessage).toMatch(
      /Next: take members out of the secret's content .* store the value as PENDING/,
    );
  });

  test.each(["", "********"])("as %j is no value", async (value) => {
    const w = await minting(issuer, value);
    const answer = await w.rotate();
    // The issuer has made one all the same: it is replaced by another.
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(w.valueOf(answer.versionNo ?? 0)).not.toBe(value);
    expect(w.currentVerdict()).toBe("accepted");
  });
});
