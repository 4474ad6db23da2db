import { describe, expect, test } from "vitest";
import type { WorldOptions } from "../../support/world.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, refused, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("content that cannot be understood is answered by the member's name, never its value", () => {
  const canary = "canary-value-of-a-member";
  const contents: readonly (readonly [
    title: string,
    content: NonNullable<WorldOptions["content"]>,
    outcome: string,
    names: string,
  ])[] = [
    ["not JSON", () => canary, "CONTENT_INVALID 400", "not JSON"],
    ["a JSON array", () => [canary], "CONTENT_INVALID 400", "not a JSON object"],
    [
      "a JSON string that holds JSON",
      (sample) => JSON.stringify(JSON.stringify(sample)),
      "CONTENT_INVALID 400",
      "not a JSON object",
    ],
    ...["appId", "clientId", "appSecret", "iamDomainInstanceId"].flatMap((member) => [
      [
        `without ${member}`,
        (sample: object) => ({ ...sample, [member]: undefined }),
        "CONTENT_INVALID 400",
        member,
      ] as const,
      [
        `with a number as ${member}`,
        (sample: object) => ({ ...sample, [member]: 815_815 }),
        "CONTENT_INVALID 400",
        member,
      ] as const,
      [
        `with an empty ${member}`,
        (sample: object) => ({ ...sample, [member]: "" }),
        "CONTENT_INVALID 400",
        member,
      ] as const,
    ]),
    ["with an appId of another form", (sample) => ({ ...sample, appId: canary }), "CONTENT_INVALID 400", "appId"],
    [
      "with an instance id that is a host",
      (sample) => ({ ...sample, iamDomainInstanceId: `${canary}.example.org` }),
      "CONTENT_INVALID 400",
      "iamDomainInstanceId",
    ],
    [
      "with two addresses that differ",
      (sample) => ({ ...sample, domainUrl: "https://other.example.org" }),
      "CONTENT_INVALID 400",
      "domainUrl",
    ],
    [
      "with a domainUrl that is no URL",
      ({ iamDomainInstanceId: _, ...rest }) => ({ ...rest, domainUrl: canary }),
      "CONTENT_INVALID 400",
      "domainUrl",
    ],
    [
      "with a domainUrl in http",
      ({ iamDomainInstanceId: _, ...rest }) => ({ ...rest, domainUrl: `http://${canary}.example.org` }),
      "ORIGIN_NOT_ALLOWED 400",
      "domainUrl",
    ],
    ["of an unknown issuer", (sample) => ({ ...sample, issuer: canary }), "ISSUER_UNKNOWN 400", "issuer"],
    ["with an issuer that is no string", (sample) => ({ ...sample, issuer: 7 }), "CONTENT_INVALID 400", "issuer"],
  ];
  test.each(contents)("%s", async (_title, content, outcome, names) => {
    const w = await world({ content });
    for (const event of [
      { secretId: w.secretId },
      { secretId: w.secretId, action: "check" },
      { secretId: w.secretId, step: STEPS[0] },
      { secretId: w.secretId, step: STEPS[1] },
    ]) {
      expect(await refused(w, event)).toBe(outcome);
    }
    const said = w.log.map((line) => String(line["returnMessage"])).join("\n");
    expect(said).toContain(names);
    expect(JSON.stringify(w.log)).not.toContain(canary);
    expect(JSON.stringify(w.log)).not.toContain("815815");
    expect(w.emulator.requests.filter(({ system }) => system === "identity")).toEqual([]);
  });

  test("an origin that OROT_ISSUER_ORIGINS does not hold gets no credential", async () => {
    const w = await world({ environment: { OROT_ISSUER_ORIGINS: "https://idcs-other.identity.oraclecloud.com" } });
    expect(await refused(w, { secretId: w.secretId })).toBe("ORIGIN_NOT_ALLOWED 400");
    expect(w.emulator.requests.filter(({ system }) => system === "identity")).toEqual([]);
  });

  test("an origin that it holds gets one", async () => {
    const origin = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
    const w = await world({ environment: { OROT_ISSUER_ORIGINS: `https://else.example.org, ${origin}` } });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });
});
