import { expect } from "vitest";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { type Plannable, planNext } from "../../../../src/rotation/plan/planning.ts";
import { accepted, createRig, credential, current, said, type Toys, type Written } from "../rig.ts";

export const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };
/** CURRENT that this product has stored. */
export const own: Written = { ...current, name: "orot-7" };
/** We choose the value, and the issuer keeps two. */
export const TWO = { valueChosenBy: "caller", overlap: "two-slot" } as const;

/** A login that brought no verdict. */
export const unknown = (code: Parameters<typeof said>[0], final = false): Login => ({
  verdict: "unknown",
  error: said(code),
  final,
});

interface World extends Omit<Toys, "issuer"> {
  readonly versions?: readonly Written[];
  /** The issuer's verdicts, by value; those that are not named are accepted. A list: one after the other. */
  readonly logins?: Readonly<Record<string, Login | readonly Login[]>>;
  readonly issuer?: Toys["issuer"];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A plan, and whose logins it took. */
export async function planned(
  task: Plannable,
  { versions = [current], logins = {}, issuer, environment, ...toys }: World = {},
) {
  const asked: string[] = [];
  const rig = createRig(versions, environment, {
    ...toys,
    issuer: {
      ...issuer,
      async login(this: Credential): Promise<Login> {
        const value = this.clientSecret.reveal();
        const times = asked.filter((one) => one === value).length;
        asked.push(value);
        const verdicts = [logins[value] ?? accepted].flat() as Login[];
        return verdicts[Math.min(times, verdicts.length - 1)] ?? accepted;
      },
    },
  });
  const plan = await planNext(rig.context, task);
  expect(rig.sent).toEqual([]);
  return { plan, asked, slept: rig.clock.slept, requested: rig.requested };
}

export const HEAL = { name: "HEAL" } as const;
export const ROTATION = { name: "ROTATION" } as const;
