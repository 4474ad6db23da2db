import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Claim } from "../../../../src/clients/vault/claim.ts";
import { contentWith, parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const CLAIM = '{"kind":"claim","v":1,"callId":"c","ttlSeconds":90,"base":3,"takeovers":0}';

const read = (text: string) => parseContent(new Secret(text));
const rotated = (text: string, value = "NEW", member = "appSecret") =>
  read(text).withSecret(member, new Secret(value)).reveal();

/** As Jackson's ObjectMapper writes Oracle's sample: members in order, no white space. */
const sample =
  '{"iamDomainInstanceId":"idcs-0123456789abcdef0123456789abcdef","appId":"fedcba9876543210fedcba9876543210","clientId":"app_client","appSecret":"idcscs-12345678-90ab-cdef-1234-567890abcdef"}';
/** As its pretty printer writes it. */
const prettySample = `{
  "iamDomainInstanceId" : "idcs-0123456789abcdef0123456789abcdef",
  "appId" : "fedcba9876543210fedcba9876543210",
  "clientId" : "app_client",
  "appSecret" : "idcscs-12345678-90ab-cdef-1234-567890abcdef"
}`;

describe.each([
  ["as Jackson writes it", sample],
  ["pretty-printed by Jackson", prettySample],
  ["pretty-printed with tabs and CRLF", prettySample.replaceAll("\n  ", "\r\n\t").replaceAll(" : ", ":\t")],
  ["with white space around it", `\n${sample}\n`],
])("the content of Oracle's sample, %s", (_how, text) => {
  test("is a credential without an issuer", () => {
    const content = read(text);
    expect(content.kind).toBe("credential");
    expect(content.issuer).toBeNull();
    expect(content.member("clientId")).toBe("app_client");
    expect(content.member("appSecret")).toBe("idcscs-12345678-90ab-cdef-1234-567890abcdef");
    expect(content.has("appId")).toBe(true);
    expect(content.has("domainUrl")).toBe(false);
  });

  test("keeps every other byte when its client secret is exchanged", () => {
    const value = "idcscs-fedcba09-8765-4321-fedc-ba0987654321";
    expect(rotated(text, value)).toBe(text.replace("idcscs-12345678-90ab-cdef-1234-567890abcdef", value));
  });
});

describe("withSecret", () => {
  test.each([
    ["members with names like numbers, which an object would move to the front", '{"b":1,"2":2,"1":3,"appSecret":"S"}'],
    [
      "numbers too large or too exact for a double",
      '{"n":12345678901234567890,"f":1.10,"e":1E+2,"z":-0,"appSecret":"S"}',
    ],
    ["escapes as they were written", '{"a\\u0062":"\\/\\u00e9é\\n\\ud83d\\ude00😀","appSecret":"S"}'],
    ["lone surrogates", '{"a":"\\ud83d","appSecret":"S"}'],
    ["names that mean something to JavaScript", '{"__proto__":{"x":1},"constructor":2,"toString":3,"appSecret":"S"}'],
    ["an empty name", '{"":1,"appSecret":"S"}'],
    ["nested members of the same name", '{"a":{"appSecret":"S","appSecret":"T"},"b":["S"],"appSecret":"S"}'],
    ["the order of members", '{"z":1,"appSecret":"S","a":2}'],
    ["null, true and empty structures", '{"a":null,"b":true,"c":{},"d":[],"appSecret":"S"}'],
    ["line separators", '{"a":"\u2028\u2029","appSecret":"S"}'],
  ])("keeps %s", (_what, text) => {
    const at = text.lastIndexOf('"appSecret":"S"');
    const expected = `${text.slice(0, at)}"appSecret":"NEW"${text.slice(at + '"appSecret":"S"'.length)}`;
    expect(rotated(text)).toBe(expected);
  });

  test("finds the member by its name, however that is escaped", () => {
    expect(rotated('{"app\\u0053ecret" : "S"}')).toBe('{"app\\u0053ecret" : "NEW"}');
  });

  test("puts the value in place of any other type", () => {
    expect(rotated('{"appSecret":{"a":[1]},"b":1}')).toBe('{"appSecret":"NEW","b":1}');
    expect(rotated('{"appSecret":null}')).toBe('{"appSecret":"NEW"}');
  });

  test.each(['quote " and \\ backslash', "line\nbreak", "$& $1 $$", "é😀\u2028", ""])("writes %j as JSON", (value) => {
    expect(JSON.parse(rotated('{"appSecret":"S","b":1}', value))).toEqual({ appSecret: value, b: 1 });
  });

  test("gives a Secret that prints as one", () => {
    expectNoTrace(read(sample).withSecret("appSecret", new Secret("canary-4711")), "canary-4711");
  });

  test("of a member that is missing is an error of ours", async () => {
    await expectFailure(() => rotated('{"a":1}'), "INTERNAL", "the rotated member is missing");
  });

  test("leaves the content it came from as it was", () => {
    const content = read(sample);
    content.withSecret("appSecret", new Secret("NEW"));
    expect(content.member("appSecret")).toBe("idcscs-12345678-90ab-cdef-1234-567890abcdef");
  });
});

describe("_rotation is left out by withSecret", () => {
  test.each([
    ["first", '{"_rotation":{"kind":"x"},"a":1,"appSecret":"S"}', '{"a":1,"appSecret":"NEW"}'],
    ["first, pretty-printed", '{\n  "_rotation": 1,\n  "appSecret": "S"\n}', '{\n  "appSecret": "NEW"\n}'],
    ["in the middle", '{"a":1,"_rotation":[1,2],"appSecret":"S"}', '{"a":1,"appSecret":"NEW"}'],
    ["last", '{"a":1,"appSecret":"S","_rotation":null}', '{"a":1,"appSecret":"NEW"}'],
    [
      "last, pretty-printed",
      '{\n  "appSecret" : "S",\n  "_rotation" : {\n    "v" : 1\n  }\n}',
      '{\n  "appSecret" : "NEW"\n}',
    ],
    ["under an escaped name", '{"\\u005frotation":1,"appSecret":"S"}', '{"appSecret":"NEW"}'],
    [
      "only at the top",
      '{"a":{"_rotation":1},"_rotation":2,"appSecret":"S"}',
      '{"a":{"_rotation":1},"appSecret":"NEW"}',
    ],
  ])("where it stands %s", (_where, text, expected) => {
    expect(rotated(text)).toBe(expected);
    expect(read(expected).kind).toBe("credential");
  });
});

describe("the kind of a version comes from its content", () => {
  test.each([
    ["credential", '{"appSecret":"S"}'],
    ["credential", '{"a":{"_rotation":{"kind":"claim","v":1}}}'],
    ["claim", `{"_rotation":${CLAIM}}`],
    ["unknown", '{"_rotation":{"kind":"claim","v":1}}'],
    ["unknown", '{"appSecret":"S","_rotation":{"v":1,"kind":"claim","base":3}}'],
    ["claim", `{"appSecret":"S","_rotation":${CLAIM}}`],
    ["unknown", '{"_rotation":{"kind":"claim","v":2}}'],
    ["unknown", '{"_rotation":{"kind":"claim","v":"1"}}'],
    ["unknown", '{"_rotation":{"kind":"claim"}}'],
    ["unknown", '{"_rotation":{"kind":"other","v":1}}'],
    ["unknown", '{"_rotation":{}}'],
    ["unknown", '{"_rotation":null}'],
    ["unknown", '{"_rotation":"claim"}'],
    ["unknown", '{"_rotation":[]}'],
  ])("%s: %s", (kind, text) => {
    expect(read(text).kind).toBe(kind);
  });
});

describe("members", () => {
  const content = read('{"s":"text","n":7,"big":1e400,"t":true,"z":null,"o":{},"a":[],"issuer":"keycloak"}');

  test("strings and numbers are given, other types are not", () => {
    expect(content.member("s")).toBe("text");
    expect(content.member("n")).toBe(7);
    for (const name of ["t", "z", "o", "a", "absent", "toString", "__proto__"]) {
      expect(content.member(name)).toBeUndefined();
    }
  });

  test("has says what is there, whatever its type", () => {
    for (const name of ["s", "n", "t", "z", "o", "a"]) expect(content.has(name)).toBe(true);
    for (const name of ["absent", "toString", "__proto__", ""]) expect(content.has(name)).toBe(false);
  });

  test("issuer is given by its name", () => {
    expect(content.issuer).toBe("keycloak");
  });
});

describe("refused, without the value", () => {
  const canary = "canary-9c1f/+4711";
  test.each([
    ["nothing", "", "is not JSON"],
    ["a bare value, as other functions store it", canary, "is not JSON"],
    ["truncated JSON", `{"appSecret":"${canary}"`, "is not JSON"],
    ["a trailing comma", `{"appSecret":"${canary}",}`, "is not JSON"],
    ["a comment", `{"appSecret":"${canary}" /* old */}`, "is not JSON"],
    ["single quotes", `{'appSecret':'${canary}'}`, "is not JSON"],
    ["a name without quotes", `{appSecret:"${canary}"}`, "is not JSON"],
    ["text after the end", `{"appSecret":"${canary}"} x`, "is not JSON"],
    ["a control character in a string", `{"appSecret":"${canary}\n"}`, "is not JSON"],
    ["a control character in _rotation", `{"appSecret":"${canary}","_rotation":{"a":"\t"}}`, "is not JSON"],
    ["a number with a leading zero", `{"appSecret":"${canary}","n":01}`, "is not JSON"],
    ["NaN", `{"appSecret":"${canary}","n":NaN}`, "is not JSON"],
    ["nesting without end", `{"appSecret":"${canary}","n":${"[".repeat(20_000)}`, "nests too deep to be read"],
    ["an array", `[{"appSecret":"${canary}"}]`, "is not a JSON object"],
    ["a string", `"${canary}"`, "is not a JSON object"],
    ["a JSON string that holds JSON", JSON.stringify(`{"appSecret":"${canary}"}`), "is not a JSON object"],
    ["null", "null", "is not a JSON object"],
    ["a member that stands twice", `{"appSecret":"x","appSecret":"${canary}"}`, "names a member twice"],
    ["a member that stands twice, escaped", `{"appSecret":"x","app\\u0053ecret":"${canary}"}`, "names a member twice"],
    ["an issuer that is no string", `{"issuer":7,"appSecret":"${canary}"}`, "has a member issuer that is not a string"],
    ["an issuer that is null", `{"issuer":null,"appSecret":"${canary}"}`, "has a member issuer that is not a string"],
  ])("%s", async (_what, text, message) => {
    const error = await expectFailure(() => read(text), "CONTENT_INVALID", message);
    expect(error.responseCode).toBe(400);
    expect(error.cause).toBeUndefined();
    expectNoTrace(error, canary);
  });
});

describe("a content with another client secret", () => {
  const texts = [
    '{"appId":"a","appSecret":"old","n":1.50}',
    '{\n  "_rotation": {"v":1},\n  "appSecret": "old",\n  "list": [ {"}": "}"} ]\n}\n',
    '\t{ "appSecret" : "old" , "_rotation" : 7 }  ',
  ];
  const values = ["new", "tab\t", "\ud800", '"}', "x".repeat(9_000)];
  const claim: Claim = { callId: "c", ttlSeconds: 90, base: 3, takeovers: 0, token: null };

  test.each(texts)("in %j is the same whether its text is read or not", (text) => {
    for (const value of values) {
      const content = parseContent(new Secret(text));
      const known = contentWith(content, "appSecret", new Secret(value));
      const read = parseContent(content.withSecret("appSecret", new Secret(value)));
      expect([known.kind, known.claim, known.issuer]).toEqual([read.kind, read.claim, read.issuer]);
      expect([known.markBase, known.bare.reveal()]).toEqual([read.markBase, read.bare.reveal()]);
      for (const name of ["appId", "appSecret", "n", "list", "_rotation", "none"]) {
        expect(known.member(name)).toBe(read.member(name));
        expect(known.has(name)).toBe(read.has(name));
      }
      expect(known.member("appSecret")).toBe(value);
      expect(known.withClaim(claim).reveal()).toBe(read.withClaim(claim).reveal());
      const again = new Secret("again");
      expect(known.withSecret("appSecret", again).reveal()).toBe(read.withSecret("appSecret", again).reveal());
    }
  });
});

test("a claim beside no member is an error of ours", async () => {
  const empty = read('{"_rotation":{"v":1}}');
  const claim = { kind: "claim", v: 1, callId: "c", ttlSeconds: 90, base: 3, takeovers: 0, token: null };
  const failure = await expectFailure(() => empty.withClaim(claim as unknown as Claim), "INTERNAL");
  expect(failure.message).toContain("a credential without members");
});
