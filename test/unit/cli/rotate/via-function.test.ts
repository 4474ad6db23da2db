import { expect, test } from "vitest";
import type { FunctionAnswer } from "../../../../src/cli/function.ts";
import type { Target } from "../../../../src/cli/rotate/target.ts";
import { viaFunction } from "../../../../src/cli/rotate/via-function.ts";
import { thrownBy } from "../../../support/failures.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const target = (functionId: string | null): Target => ({
  ...{ secretId: "S", name: "shop", via: "function", functionId, since: null, withinMs: null, maxAgeMs: null },
});

/** A function that gives this answer, asked under a limit that admits it or not. */
function asking(answer: Partial<FunctionAnswer>, { isAdmitted = true, isCompromised = false } = {}) {
  const log: unknown[] = [];
  const describe = {
    ...{ id: "F", displayName: "f", compartmentId: "C", lifecycleState: "ACTIVE", memoryInMBs: 1, timeoutInSeconds: 1 },
    invokeEndpoint: "https://invoke.example.org",
  };
  const transport = async ({ method, body = "" }: { method: string; body?: string }) => {
    if (method === "POST") log.push(JSON.parse(body));
    const all = { responseCode: 200, versionNo: 3, returnMessage: "OK: done. Next: look.", ...answer };
    return { status: 200, headers: {}, body: JSON.stringify(method === "POST" ? all : describe) };
  };
  const pacer = {
    admitRemote: async (id: string) => {
      log.push(`admit ${id}`);
      return isAdmitted ? { refused: () => log.push("refused"), end: () => log.push("end") } : null;
    },
  };
  const signedIn = {
    ...{ signer: { signHttpRequest: async () => undefined }, override: null },
    endpoint: () => "https://functions.example.org",
  };
  const runtime = { transport, clock: createInstantClock() };
  const way = viaFunction(runtime as never, signedIn as never, pacer as never, isCompromised);
  return { run: (id: string | null = "F") => way(target(id), (text) => log.push(`step ${text}`)), log };
}

test("a rotation by the function is one call, with the stages that it tells", async () => {
  const stages = [
    { stage: "regenerate", outcome: "done", ms: 1 },
    { stage: "promote", outcome: "promoted", ms: 1 },
  ];
  const { run, log } = asking({ stages });
  expect(await run()).toEqual({ outcome: "rotated", versionNo: 3, code: "OK", what: "done", next: "look" });
  expect(log).toEqual([
    ...["admit F", "step invoked", { secretId: "S" }, "step regenerate done", "step promote promoted", "end"],
  ]);
});

test("it says that the value is compromised, and what was rotated already", async () => {
  const { run, log } = asking({ returnMessage: "ALREADY_ROTATED: done. Next: nothing." }, { isCompromised: true });
  expect(await run()).toMatchObject({ outcome: "already", code: "ALREADY_ROTATED" });
  expect(log).toContainEqual({ secretId: "S", reason: "compromised" });
});

test("an issuer that has had enough slows the others down, and the room is given back", async () => {
  const { run, log } = asking({ responseCode: 503, returnMessage: "ISSUER_UNAVAILABLE: it answered 429. Next: wait." });
  expect(await thrownBy(run)).toMatchObject({ problem: { code: "ISSUER_UNAVAILABLE", what: "it answered 429" } });
  expect(log.slice(-2)).toEqual(["refused", "end"]);
});

test("nothing is sent without room", async () => {
  const { run, log } = asking({}, { isAdmitted: false });
  expect(await run()).toEqual({
    ...{ outcome: "not-started", versionNo: null, code: "INTERRUPTED", what: "nothing was sent for this secret" },
    next: "run the same command again",
  });
  expect(log).toEqual(["admit F"]);
});

test("nothing is sent without a function", async () => {
  const { run, log } = asking({});
  expect(await thrownBy(() => run(null))).toMatchObject({
    problem: {
      ...{ code: "USAGE", what: "the secret's rotation targets no function" },
      next: "name one with --function, or use --via local",
    },
  });
  expect(log).toEqual([]);
});
