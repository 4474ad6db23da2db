import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Credential, credential } from "../../../src/consumer/index.ts";
import { claim, content, createFakeIssuer, createFakeVault } from "./rig.ts";

const TTL_MS = 20_000;
/** Within the minute for which a request waits, latency of reads and the distance of looks included. */
const MAX_STORED_AFTER_MS = 50_000;

const rotation = fc.record({
  restMs: fc.integer({ min: 0, max: 40_000 }),
  claimedForMs: fc.integer({ min: 0, max: 5_000 }),
  storedAfterMs: fc.integer({ min: 0, max: MAX_STORED_AFTER_MS }),
  promotedAfterMs: fc.integer({ min: 0, max: 40_000 }),
  /** Where Vault takes no second PENDING version: the claim is CURRENT, and so is the new credential. */
  isPendingRefused: fc.boolean(),
});
const requests = fc.array(
  fc.record({ pauseMs: fc.integer({ min: 0, max: 3_000 }), latencyMs: fc.integer({ min: 2, max: 400 }) }),
  {
    minLength: 1,
    maxLength: 20,
  },
);

describe("whatever the moments of rotations, reads and requests", () => {
  it("no request fails, no value is tried twice by one, no claim is used, and the end is CURRENT", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rotation, { minLength: 1, maxLength: 4 }),
        fc.array(requests, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 2, max: 900 }),
        async (rotations, applications, readMs) => {
          const vault = createFakeVault();
          const { clock } = vault;
          const issuer = createFakeIssuer(clock);
          const source = credential(vault.reader, { time: clock, ttlMs: TTL_MS });
          vault.latencyMs = readMs;
          const problems: string[] = [];
          let isOver = false;

          const rotate = async () => {
            let number = 1;
            for (const [index, each] of rotations.entries()) {
              const old = issuer.accepted;
              const fresh = `s${index + 1}`;
              await clock.sleep(each.restMs);
              number += 1;
              const mark = { content: claim(each.isPendingRefused ? old : "canary"), versionNo: number };
              if (each.isPendingRefused) vault.current = mark;
              else vault.pending = mark;
              await clock.sleep(each.claimedForMs);
              issuer.accepted = fresh;
              await clock.sleep(each.storedAfterMs);
              number += 1;
              const stored = { content: content(fresh), versionNo: number };
              if (each.isPendingRefused) {
                vault.current = stored;
              } else {
                vault.pending = stored;
                await clock.sleep(each.promotedAfterMs);
                vault.current = stored;
                vault.pending = null;
              }
              await clock.sleep(5_000);
            }
            isOver = true;
          };
          const ask = async (pace: readonly { pauseMs: number; latencyMs: number }[]) => {
            for (let index = 0; !isOver; index += 1) {
              const { pauseMs, latencyMs } = pace[index % pace.length] ?? { pauseMs: 1_000, latencyMs: 10 };
              await clock.sleep(pauseMs + 100);
              const tried: string[] = [];
              const request = async (current: Credential) => {
                tried.push(current.clientSecret);
                await clock.sleep(latencyMs / 2);
                return issuer.request(current);
              };
              await source.use(request).catch((thrown: unknown) => problems.push(`${tried.join()} failed: ${thrown}`));
              if (new Set(tried).size < tried.length) problems.push(`tried twice: ${tried.join()}`);
              if (tried.includes("canary")) problems.push("a claim was used");
            }
          };
          await Promise.all([rotate(), ...applications.map(ask)]);
          expect(problems).toEqual([]);
          expect(vault.mostAtOnce).toBeLessThanOrEqual(2);
          const end = `s${rotations.length}`;
          await clock.sleep(TTL_MS);
          expect((await source.current()).clientSecret).toBe(end);
        },
      ),
      { numRuns: 30 },
    );
  });
});
