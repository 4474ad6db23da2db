import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { createRegistration, registerMissing, removeOwn } from "../../../src/mirror/callbacks.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const DAY = 86_400_000;
const ONE = "https://gateway.example.org/one";
const TWO = "https://gateway.example.org/two";

/** A call whose Credential Exchange has these callbacks, or fails. */
async function setUp(configured: string | null, listed: readonly string[] | Error = []) {
  const environment: Record<string, string> = configured === null ? {} : { OROT_MIRROR_CALLBACK_URL: configured };
  const { begin, clock, log } = createMirrorRig({ environment });
  const asked: string[] = [];
  const known = new Set(listed instanceof Error ? [] : listed);
  const began = await begin();
  const call = {
    ...began,
    ces: {
      ...began.ces,
      listCallbacks: async () => {
        asked.push("list");
        if (listed instanceof Error) throw listed;
        return [...known];
      },
      registerCallback: async (url: string) => {
        asked.push(`register ${url}`);
        known.add(url);
      },
      removeCallback: async (url: string) => {
        asked.push(`remove ${url}`);
      },
    },
  };
  const told = () => log.map((line) => JSON.parse(line));
  return { call, clock, asked, told };
}

describe("The registration of callbacks", () => {
  it("sends nothing where none is configured", async () => {
    const { call, asked, told } = await setUp(null);
    expect(await createRegistration().ensure(call)).toBeNull();
    expect([asked, told()]).toEqual([[], []]);
    expect(await registerMissing(call)).toEqual([]);
    expect(await removeOwn(call)).toEqual([]);
    expect(asked).toEqual(["list"]);
  });

  it("sends what is missing, and logs how many that were", async () => {
    const { call, asked, told } = await setUp(`${ONE},${TWO}`, [ONE]);
    expect(await createRegistration().ensure(call)).toBeNull();
    expect(asked).toEqual(["list", `register ${TWO}`]);
    expect(told()).toEqual([
      { time: expect.any(String), level: "info", event: "callbacks-registered", callId: "rig", count: 1 },
    ]);
  });

  it("logs nothing where none is missing", async () => {
    const { call, told } = await setUp(ONE, [ONE, TWO]);
    expect(await createRegistration().ensure(call)).toBeNull();
    expect(told()).toEqual([]);
  });

  it("is looked at once a day, to the millisecond", async () => {
    const { call, clock, asked } = await setUp(ONE, [ONE]);
    const registration = createRegistration();
    await registration.ensure(call);
    await clock.sleep(DAY - 1);
    await registration.ensure(call);
    expect(asked).toEqual(["list"]);
    await clock.sleep(1);
    await registration.ensure(call);
    expect(asked).toEqual(["list", "list"]);
  });

  it("that failed is returned and logged, and tried again by the next call", async () => {
    const error = new RotationError("ISSUER_UNAVAILABLE", "no answer", "wait");
    const { call, asked, told } = await setUp(ONE, error);
    const registration = createRegistration();
    expect(await registration.ensure(call)).toBe(error);
    expect(await registration.ensure(call)).toBe(error);
    expect(asked).toEqual(["list", "list"]);
    const line = { level: "warn", event: "callbacks-not-registered", callId: "rig" };
    const reason = "ISSUER_UNAVAILABLE: no answer. Next: wait.";
    expect(told()).toEqual(Array.from({ length: 2 }, () => ({ time: expect.any(String), ...line, reason })));
  });

  it("is removed for each one configured, and for no other", async () => {
    const { call, asked } = await setUp(`${ONE},${TWO}`);
    expect(await removeOwn(call)).toEqual([ONE, TWO]);
    expect(asked).toEqual([`remove ${ONE}`, `remove ${TWO}`]);
  });
});
