import { describe, expect, test } from "vitest";
import {
  addresses,
  aliases,
  boundApps,
  boundAppsInPlaceOf,
  caBundle,
  duration,
  hosts,
  list,
  ocid,
  originAppIn,
  whole,
} from "../../../../src/base/settings/kinds.ts";

const APP = "0123456789abcdef0123456789ABCDEF";
const SECRET = "ocid1.vaultsecret.oc1..a";
const PLACEHOLDERS = "<client id of the App>#<OCID of the secret rotated for it>";

test("a list is read item by item, without the blanks around its commas, and not at all if one item is wrong", () => {
  const numbers = list(whole(0, 5));
  expect(numbers("0")).toEqual([0]);
  expect(numbers(" 1 ,\t2, 0")).toEqual([1, 2, 0]);
  for (const text of ["1,,2", "1,6", "6,1", "", "1 2"]) expect(numbers(text), text).toBeNull();
});

test("a time is taken from its least to its most", () => {
  const upToAnHour = duration(60_000, 3_600_000);
  expect(["1m", "60s", "1h", "60m"].map(upToAnHour)).toEqual([60_000, 60_000, 3_600_000, 3_600_000]);
  expect(["59s", "3601s", "61m", "2h", "1"].map(upToAnHour)).toEqual([null, null, null, null, null]);
});

test("addresses are read in the form that is compared, unless credentials may not be sent there", () => {
  expect(addresses("https://A.example/uaa/, http://localhost:80")).toEqual([
    "https://a.example/uaa",
    "http://localhost",
  ]);
  expect(addresses("http://a.example")).toBeNull();
  expect(addresses("a.example")).toBeNull();
});

describe("an OCID", () => {
  const read = ocid("compartment|tenancy");

  test("is one of the types that are asked for", () => {
    for (const text of ["ocid1.compartment.oc1..a", "ocid1.tenancy.oc1.eu-frankfurt-1.A_b-9"])
      expect(read(text)).toBe(text);
    for (const text of ["ocid1.vaultsecret.oc1..a", "ocid1.compartmentx.oc1..a", "ocid1.compartment|tenancy.oc1..a"]) {
      expect(read(text), text).toBeNull();
    }
  });

  test("is the whole text, of up to 240 characters behind its type", () => {
    expect(read(`ocid1.tenancy.${"a".repeat(240)}`)).not.toBeNull();
    for (const text of [
      `ocid1.tenancy.${"a".repeat(241)}`,
      "ocid1.tenancy.",
      "ocid1.tenancy",
      "x ocid1.tenancy.oc1..a",
      "xocid1.tenancy.oc1..a",
      "ocid1.tenancy.oc1..a x",
      "ocid1.tenancy.oc1..a\n",
      "ocid1.tenancy.oc1..ä",
      "ocid1xtenancy.oc1..a",
      "ocid1.tenancyxoc1..a",
    ]) {
      expect(read(text), text).toBeNull();
    }
  });
});

describe("a bundle of certificates", () => {
  test("is a file, by its absolute path of up to 1,024 characters", () => {
    for (const path of ["/a", "/function/bundle.pem", "/with blank\n", `/${"a".repeat(1023)}`]) {
      expect(caBundle(path)).toEqual({ kind: "file", path });
    }
    for (const text of ["/", "a/b", "./a", " /a", "/a\0", `/${"a".repeat(1024)}`]) expect(caBundle(text)).toBeNull();
  });

  test("or a secret, by its OCID", () => {
    expect(caBundle(SECRET)).toEqual({ kind: "secret", secretId: SECRET });
    expect(caBundle(`${SECRET} `)).toBeNull();
  });
});

describe("a pair of addresses", () => {
  const [from, to] = ["https://a.example", "https://b.example"];

  test("may name a realm at both, with or without a slash behind it", () => {
    const pair = [{ from: { base: from, realm: "r" }, to: { base: to, realm: "s t" } }];
    expect(aliases(`${from}/realms/r=${to}/realms/s%20t`)).toEqual(pair);
    expect(aliases(`${from}/realms/r/=${to}/realms/s%20t/`)).toEqual(pair);
  });

  test("has the realm at its end only", () => {
    expect(aliases(`${from}/realms/r/x=${to}/realms/r/x`)).toEqual([
      { from: { base: `${from}/realms/r/x`, realm: null }, to: { base: `${to}/realms/r/x`, realm: null } },
    ]);
    expect(aliases(`${from}/realms/=${to}/realms/`)).toEqual([
      { from: { base: `${from}/realms`, realm: null }, to: { base: `${to}/realms`, realm: null } },
    ]);
  });

  test.each([
    ["a line before its first address", `x\n${from}/realms/r=${to}/realms/r`],
    ["a line behind its last one", `${from}/realms/r=${to}/realms/r/\nx`],
    ["a first address alone", from],
    ["a first address alone, with a realm", `${from}/realms/r`],
    ["nothing behind the sign", `${from}=`],
    ["nothing before it", `=${to}`],
    ["a third address", `${from}=${to}=https://c.example`],
    ["a third part that is no address", `${from}=${to}=`],
    ["a realm at the first address alone", `${from}/realms/r=${to}`],
    ["a realm at the second address alone", `${from}=${to}/realms/r`],
    ["a realm that cannot be decoded", `${from}/realms/%ff=${to}/realms/r`],
    ["an address to which nothing may be sent", `http://a.example=${to}`],
  ])("is none with %s", (_what, text) => {
    expect(aliases(text)).toBeNull();
  });
});

describe("an App of the function's own principal", () => {
  const entry = (own: Partial<Record<"base" | "app" | "client" | "secret", string>> = {}) => {
    const { base = "https://a.example", app = APP, client = "app", secret = SECRET } = own;
    return [base, app, client, secret].join("#");
  };

  test("is read with its id in small letters, and its fields decoded", () => {
    const client = { issuer: "oci-iam", base: "https://a.example", realm: null, tenant: null, tokenUrl: null };
    const whole = { client: { ...client, clientId: "a#b, c", subject: APP.toLowerCase() }, secretId: SECRET };
    expect(boundApps(entry({ client: "a%23b%2C%20c" }))).toEqual([whole]);
    expect(
      boundApps(entry({ base: "https%3A%2F%2FA.example%2F", client: "a%23b%2C c", app: `%30${APP.slice(1)}` })),
    ).toEqual([whole]);
  });

  test.each([
    ["an address that cannot be decoded", entry({ base: "https://a.example%" })],
    ["an App that cannot be decoded", entry({ app: `${APP}%` })],
    ["a client that cannot be decoded", entry({ client: "%" })],
    ["a secret that cannot be decoded", entry({ secret: `${SECRET}%` })],
    ["no address", entry({ base: "" })],
    ["an address to which nothing may be sent", entry({ base: "http://a.example" })],
    ["an address with a path", entry({ base: "https://a.example/path" })],
    ["an App whose id is too long at its front", entry({ app: `0${APP}` })],
    ["an App whose id is too long at its end", entry({ app: `${APP}0` })],
    ["an App whose id is too short", entry({ app: APP.slice(1) })],
    ["an App whose id is not hexadecimal", entry({ app: `${APP.slice(1)}g` })],
    ["no client", entry({ client: "" })],
    ["no secret", entry({ secret: "" })],
    ["another resource than a secret", entry({ secret: "ocid1.compartment.oc1..a" })],
    ["a field more", `${entry()}#more`],
    ["an empty field more", `${entry()}#`],
    ["the secret missing", `https://a.example#${APP}#app`],
    ["client and secret missing", `https://a.example#${APP}`],
    ["only an address", "https://a.example"],
  ])("is refused with %s", (_what, text) => {
    expect(boundApps(text)).toBeNull();
    expect(boundApps(`${entry()},${text}`)).toBeNull();
  });
});

describe("an App as an earlier edition took it", () => {
  test("has an address and an id, with blanks around them or without", () => {
    const old = { base: "https://a.example", appId: APP.toLowerCase() };
    for (const text of [`https://A.example/#${APP}`, ` https://a.example#${APP}`, `https://a.example#${APP}\n`]) {
      expect(originAppIn(text)).toEqual(old);
    }
  });

  test.each([
    `https://a.example#${APP}0`,
    `https://a.example#0${APP}`,
    `https://a.example#${APP.slice(1)}`,
    `https://a.example##${APP}`,
    `https://a.example#x#${APP}`,
    `#${APP}`,
    `a.example#${APP}`,
    `http://a.example#${APP}`,
    `https://a.example#${APP}#app#${SECRET}`,
    "https://a.example",
    "",
  ])("is not %j", (text) => {
    expect(originAppIn(text)).toBeNull();
  });

  test("is completed in its place, and the other entries stay as they are", () => {
    const whole = `https://b.example#${APP}#app#${SECRET}`;
    expect(boundAppsInPlaceOf(`${whole} , https://A.example/#${APP} ,nonsense`)).toBe(
      `${whole},https://a.example#${APP.toLowerCase()}#${PLACEHOLDERS},nonsense`,
    );
  });

  test("is not completed where there is none", () => {
    for (const text of ["", "nonsense", `https://b.example#${APP}#app#${SECRET}`]) {
      expect(boundAppsInPlaceOf(text), text).toBeNull();
    }
  });
});

describe("a host", () => {
  test.each([
    ["a.example", "a.example", null],
    ["A.Example", "a.example", null],
    ["a.example:8443", "a.example", 8443],
    ["a.example:80", "a.example", 80],
    ["10.0.0.5:65535", "10.0.0.5", 65_535],
    ["[fd00::1]", "[fd00::1]", null],
    ["[fd00::80]:443", "[fd00::80]", 443],
    [`${"a.".repeat(126)}a`, `${"a.".repeat(126)}a`, null],
  ])("%s is read with its port, if it names one", (text, host, port) => {
    expect(hosts(text)).toEqual([{ host, port }]);
  });

  test.each([
    "",
    ":",
    ":80",
    "a.example:",
    "a.example:x",
    "a.example:65536",
    "a.example:80:80",
    "a.example/",
    "/a.example",
    "u@a.example",
    "@a.example",
    "a.example?x",
    "a.example?",
    "a.example#",
    "*.example",
    "a\\b.example",
    "a.example\\",
    "a b.example",
    "a\tb.example",
    "[fd00::1",
    "fd00::1",
    "256.1.1.1",
  ])("is not %j", (text) => {
    expect(hosts(text)).toBeNull();
  });

  test("has at most 260 characters, its port among them", () => {
    const long = `${"a.".repeat(127)}a:8443`;
    expect(long).toHaveLength(260);
    expect(hosts(long)).not.toBeNull();
    expect(hosts(`a${long}`)).toBeNull();
  });
});
