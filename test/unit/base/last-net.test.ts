import { describe, expect, test } from "vitest";
import { noteId, noteValue } from "../../../src/base/call-secrets.ts";
import { masked, withNet } from "../../../src/base/last-net.ts";
import type { LastNet } from "../../../src/base/log.ts";
import { createLog } from "../../../src/base/log.ts";
import { Secret } from "../../../src/base/secret.ts";
import { formsOf } from "../../support/canary.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const VALUE = 'canary/+9c1f~4711?&\\"é';

/** What the net makes of a text, in a call that has held these values. */
const castOf = (text: string, ...values: string[]) =>
  withNet(async (net) => {
    for (const value of values) new Secret(value);
    return net.cast({ text });
  });

describe("a value that the call has held", () => {
  test.each([...formsOf(VALUE)].filter(([, name]) => !/hexadecimal|SHA|within|base64/.test(name)))(
    "is masked as %j (%s)",
    async (form) => {
      const { clean, places } = await castOf(`x ${form} y`, "another-value-4711", VALUE);
      expect(clean.text).toBe("x [secret] y");
      expect(places).toEqual(["text"]);
    },
  );

  test("is masked wherever it stands, also twice, and joined to other words", async () => {
    const { clean } = await castOf(`${VALUE},error.${VALUE}.x`, VALUE);
    expect(clean.text).toBe("[secret],error.[secret].x");
  });

  test("is masked from 16 characters on, and beside others that begin like it", async () => {
    const { clean } = await castOf("x a2345678901234b5 y a2345678901234b6 z", "a2345678901234b5", "a2345678901234b6");
    expect(clean.text).toBe("x [secret] y [secret] z");
    expect((await castOf("a2345678901234b5", "a2345678901234b5")).clean.text).toBe("[secret]");
  });

  test.each(["base64", "base64url"] as const)("is masked in %s at each place where it can begin", async (encoding) => {
    for (const id of ["a", "ab", "abc", "abcd"]) {
      const header = Buffer.from(`${id}:${VALUE}:${id}`).toString(encoding);
      const { clean } = await castOf(`Basic ${header}`, VALUE);
      expect(clean.text).toContain("[secret]");
      expect(Buffer.from(clean.text.slice("Basic ".length), "base64").toString()).not.toContain(VALUE.slice(3, -3));
      // Six bits a character: those that hold bits of the value alone are masked, and no others.
      const [first, end] = [id.length + 1, id.length + 1 + Buffer.byteLength(VALUE)].map((bytes) => (bytes * 8) / 6);
      const kept = [header.slice(0, Math.ceil(first ?? 0)), header.slice(Math.floor(end ?? 0))];
      expect(clean.text).toBe(`Basic ${kept.join("[secret]")}`);
    }
  });

  test.each(["base64", "base64url"] as const)("is masked in %s, and nothing else of the text is", async (encoding) => {
    // In base64 it has each of the characters that base64url writes in another way.
    const value = "~~~~????~~~~????4711~";
    const encoded = Buffer.from(value).toString(encoding);
    expect(encoded).toMatch(encoding === "base64" ? /\+.*\// : /-.*_/);
    for (const before of ["", "a", "ab", "abc", "abcd"]) {
      const { clean } = await castOf(`x ${before}${encoded} y`, value);
      expect(clean.text).toBe(`x ${before}[secret] y`);
    }
  });

  test.each([
    ["controls, in JSON", "one\bvalue\u0001of-a-client", JSON.stringify("one\bvalue\u0001of-a-client")],
    ["a letter that JSON need not escape", VALUE, JSON.stringify(VALUE).replace("é", "\\u00e9")],
    ["the same in capitals", VALUE, JSON.stringify(VALUE).replace("é", "\\u00E9")],
    ["what a URL need not encode", VALUE, encodeURIComponent(VALUE).replace("canary", "%63anary")],
    ["the same in small letters", VALUE, encodeURIComponent(VALUE).toLowerCase()],
  ])("is masked where it is written in another way: %s", async (_what, value, written) => {
    const { clean, places } = await castOf(`x ${written} y`, value);
    expect(clean.text).toMatch(/^(x "\[secret\]" y|\[secret\])$/);
    expect(places).toEqual(["text"]);
  });

  test("is masked as a whole where a part of it was held too", async () => {
    const { clean } = await castOf(`a ${VALUE} b`, VALUE.slice(0, 17), VALUE);
    expect(clean.text).toBe("a [secret] b");
  });

  test("counts also where it was made by an earlier call, once it is revealed", async () => {
    const token = new Secret(VALUE);
    const seen = await withNet(async (net) => {
      const before = net.cast(VALUE).clean;
      token.reveal();
      return [before, net.cast(VALUE).clean];
    });
    expect(seen).toEqual([VALUE, "[secret]"]);
  });

  test.each([
    ["of fewer than 16 characters", "a2345678901234b"],
    ["with a blank", "a value with blanks in it"],
    ["that is empty", ""],
    ["with a line end", "-----BEGIN\nKEY-----"],
  ])("%s is left as it is: it could be anybody's word", async (_what, value) => {
    expect(await castOf(`x ${value} y`, value)).toEqual({ clean: { text: `x ${value} y` }, places: [] });
  });

  test.each([
    ["a code", "ISSUER_CONFIGURATION"],
    ["a part of one", "SSUER_CONFIGURATIO"],
    ["a setting", "OROT_AUTHORITY_SECRET_IDS"],
    ["an operation", "ScheduleSecretVersionDeletion"],
    ["a code of others", "unauthorized_client"],
  ])("that is %s hides nothing", async (_what, value) => {
    expect((await castOf(`x ${value} y`, value)).places).toEqual([]);
  });

  test("that is a part of an OCID or of the client's id hides nothing", async () => {
    const ocid = "ocid1.vaultsecret.oc1.eu-frankfurt-1.amaaaaaa12345678";
    expect((await castOf(`of ${ocid}`, ocid.slice(10, 40))).places).toEqual([]);
    const places = await withNet(async (net) => {
      noteId("client-id-of-the-tenant-7");
      noteId(null);
      noteValue("client-id-of-the-tenant");
      return net.cast("for client-id-of-the-tenant-7").places;
    });
    expect(places).toEqual([]);
  });

  test("that an id of the call holds in another form leaves the id as it is, and only there", async () => {
    const id = "client%2Fof%2Fthe%2Ftenant";
    const said = await withNet(async (net) => {
      noteId(id);
      noteValue("client/of/the/tenant");
      return net.cast([id, `for ${id}.`]);
    });
    expect(said).toEqual({ clean: [id, "for [secret]."], places: ["[1]"] });
  });

  test("is masked where it only begins with an id", async () => {
    const said = await withNet(async (net) => {
      noteId("id-of-the-client");
      noteValue("id-of-the-client-and-its-secret");
      return net.cast("x id-of-the-client-and-its-secret y").clean;
    });
    expect(said).toBe("x [secret] y");
  });

  test("is masked beside an OCID that does not hold it", async () => {
    const { clean } = await castOf(`ocid1.vaultsecret.oc1..a ${VALUE}`, VALUE);
    expect(clean.text).toBe("ocid1.vaultsecret.oc1..a [secret]");
  });
});

test("what a call says keeps its form, its numbers and its order", async () => {
  const answer = {
    responseCode: 200,
    returnMessage: `OK: ${VALUE}. Next: nothing.`,
    versionNo: null,
    stages: [{ stage: "promote", outcome: VALUE, ms: 7 }],
    endpoints: ["a", VALUE],
  };
  const { clean, places } = await withNet(async (net) => {
    noteValue(VALUE);
    return net.cast(answer);
  });
  expect(JSON.stringify(clean)).toBe(
    JSON.stringify({
      responseCode: 200,
      returnMessage: "OK: [secret]. Next: nothing.",
      versionNo: null,
      stages: [{ stage: "promote", outcome: "[secret]", ms: 7 }],
      endpoints: ["a", "[secret]"],
    }),
  );
  expect(places).toEqual(["returnMessage", "stages[0].outcome", "endpoints[1]"]);
});

test("calls that run at once know each only what they have held themselves", async () => {
  const other = "other-value-9c1f-4712";
  const say = (value: string) =>
    withNet(async (net: LastNet) => {
      await Promise.resolve();
      noteValue(value);
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      return net.cast(`${VALUE} ${other}`).clean;
    });
  expect(await Promise.all([say(VALUE), say(other)])).toEqual([`[secret] ${other}`, `${VALUE} [secret]`]);
  noteValue(VALUE);
});

test("a line of the log with such a value is followed by one that names the place, and so is an answer", async () => {
  const lines: string[] = [];
  await withNet(async (net) => {
    const log = createLog((line) => lines.push(line), createInstantClock(), false, { callId: "01CALL" }, net);
    noteValue(VALUE);
    log.with({ stage: VALUE }).info("stage-ended", { outcome: "done", frames: ["a", `b ${VALUE}`] });
    log.info("quiet", { outcome: "done" });
    expect(masked(net, log, { returnMessage: VALUE })).toEqual({ returnMessage: "[secret]" });
    expect(masked(net, log, { returnMessage: "OK" })).toEqual({ returnMessage: "OK" });
  });
  expect(lines.join("")).not.toContain("canary");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ event: "stage-ended", stage: "[secret]", frames: ["a", "b [secret]"] }),
    expect.objectContaining({
      level: "error",
      event: "secret-masked",
      callId: "01CALL",
      in: "stage-ended",
      places: ["stage", "frames[1]"],
    }),
    expect.objectContaining({ event: "quiet" }),
    expect.objectContaining({ level: "error", event: "secret-masked", in: "answer", places: ["returnMessage"] }),
  ]);
});
