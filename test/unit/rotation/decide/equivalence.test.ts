import { expect, test, vi } from "vitest";
import { decideCallerChosen } from "../../../../src/rotation/decide/caller-chosen.ts";
import { decideIssuerChosen } from "../../../../src/rotation/decide/issuer-chosen.ts";
import { decide } from "../../../../src/rotation/decide/one/index.ts";
import { allCallerViews, allViews } from "./views.ts";

vi.setConfig({ testTimeout: 120_000 });

/** A prime, so that no value of any member is left out; 1 compares all views. */
const EVERY = Number(process.env.EQUIVALENCE_EVERY ?? 7);
const MOST_SHOWN = 3;

function differences<V extends { readonly isUpdating: boolean }>(
  views: Iterable<V>,
  before: (view: V) => unknown,
  after: (view: V) => unknown,
) {
  const shown: unknown[] = [];
  let seen = 0;
  for (const view of views) {
    const then = JSON.stringify(before(view));
    // The one table is never asked of an UPDATING secret: whoever looks waits.
    const now = view.isUpdating ? '{"kind":"wait","until":"active"}' : JSON.stringify(after(view));
    seen += 1;
    if (then !== now && shown.length < MOST_SHOWN) shown.push({ then, now, view });
  }
  return { seen, shown };
}

test("where the issuer chooses the value the one table decides as the table before it", () => {
  const { seen, shown } = differences(allViews(EVERY), decideIssuerChosen, (view) =>
    decide({ ...view, chosenBy: "issuer" }),
  );
  expect(shown).toEqual([]);
  expect(seen * EVERY).toBeGreaterThan(1_000_000);
});

test("where we choose the value the one table decides as the table before it", () => {
  const { seen, shown } = differences(allCallerViews(EVERY), decideCallerChosen, (view) =>
    decide({ ...view, chosenBy: "caller" }),
  );
  expect(shown).toEqual([]);
  expect(seen * EVERY).toBeGreaterThan(1_000_000);
});
