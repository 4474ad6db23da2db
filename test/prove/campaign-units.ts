/** The pieces of work that a campaign consists of. */
import {
  acknowledgedCombinations,
  allCombinations,
  combinationId,
  namedCombinations,
  type OtherIssuer,
  otherIssuers,
  pendingCombinations,
  requiredCombinations,
} from "./combinations.ts";
import type { Part } from "./part.ts";
import { flows, overlapFlows, recoveries } from "./schedule.ts";
import type { Support } from "./support.ts";
import { pairRecoveries, type Unit } from "./unit.ts";

const SEEDED_PAIRS = 20_000;
const SEEDED_A_UNIT = 250;
const PARTS = 16;
const WALKS_A_UNIT = 50;

/** All units of the singles: the named combinations with every recovery, the others and the required ones with a heal. */
export function singleUnits(
  { seed, part }: { readonly seed: number; readonly part: Part | null },
  support: Support,
  only: string | null,
): Unit[] {
  const named = Object.values(namedCombinations).map(combinationId);
  const beside = Object.values(namedCombinations).filter(({ subscribed }) => subscribed);
  const more = [...beside, ...pendingCombinations, ...(support.requireWayBack ? requiredCombinations : [])];
  const every = [...allCombinations, ...more]
    .filter(({ authority }) => support.authority || !authority)
    .map(combinationId);
  return (only === null ? every : [only]).flatMap((combination) =>
    flows.map((flow): Unit => {
      const all = named.includes(combination) || only !== null;
      const unit = { kind: "singles", subject: "product", seed, support, combination, flow, part } as const;
      return { ...unit, recoveries: all ? recoveries : (["heal-later"] as const), quietToo: all };
    }),
  );
}

/** The control's singles over the named combinations. */
export function controlUnits(seed: number, support: Support): Unit[] {
  return Object.values(namedCombinations).flatMap((combination) =>
    flows.map((flow): Unit => {
      const unit = { kind: "singles", subject: "control", seed, flow, part: null } as const;
      const none: Support = { ...support, heal: false };
      return {
        ...unit,
        support: none,
        combination: combinationId(combination),
        recoveries: ["rotate-later"],
        quietToo: false,
      };
    }),
  );
}

export function pairUnits(seed: number, support: Support, share: number, only: string | null): Unit[] {
  const named = Object.values(namedCombinations)
    .filter(({ authority }) => support.authority || !authority)
    .map(combinationId);
  const combinations = only === null ? named : [only];
  return combinations.flatMap((combination) =>
    flows.flatMap((flow) =>
      pairRecoveries.flatMap((recovery) =>
        Array.from({ length: PARTS }, (_, part): Unit => {
          const unit = { kind: "pairs", seed, support, combination, flow, recovery } as const;
          return { ...unit, part, parts: PARTS, share };
        }),
      ),
    ),
  );
}

const OTHER_PARTS = 4;
const OVERLAP_ISSUERS: readonly OtherIssuer[] = ["uaa", "keycloak-policy"];

/**
 * All singles of the other kinds of issuers: with every recovery for the first combination of each, with a heal for the
 * others.
 */
export function otherSingleUnits(
  { seed, part }: { readonly seed: number; readonly part: Part | null },
  support: Support,
  issuer: OtherIssuer,
): readonly [first: Unit[], rest: Unit[]] {
  const unitsOf = (combination: string, isFirst: boolean) =>
    flows.map((flow): Unit => {
      const unit = { kind: "singles", subject: "product", seed, support, combination, flow, part } as const;
      return { ...unit, recoveries: isFirst ? recoveries : (["heal-later"] as const), quietToo: isFirst };
    });
  const [first = "", ...rest] = otherIssuers[issuer].map(combinationId);
  // If the issuer keeps two values, ending the overlap is a run by itself.
  const overlapUnits = (OVERLAP_ISSUERS.includes(issuer) ? overlapFlows : []).map((flow): Unit => {
    const unit = { kind: "singles", subject: "product", seed, support, combination: first, flow, part } as const;
    return { ...unit, recoveries: pairRecoveries, quietToo: false };
  });
  const acknowledged = acknowledgedCombinations.filter((combination) => combination.issuer === issuer);
  const acknowledgedUnits = acknowledged.map((combination): Unit => {
    const unit = { kind: "singles", subject: "product", seed, support, flow: "acknowledged", part } as const;
    return { ...unit, combination: combinationId(combination), recoveries: ["heal-later"], quietToo: false };
  });
  return [
    [...unitsOf(first, true), ...overlapUnits, ...acknowledgedUnits],
    rest.flatMap((combination) => unitsOf(combination, false)),
  ];
}

export function otherPairUnits(seed: number, support: Support, issuer: OtherIssuer, share: number): Unit[] {
  return otherIssuers[issuer]
    .slice(0, 1)
    .map(combinationId)
    .flatMap((combination) =>
      flows.flatMap((flow) =>
        pairRecoveries.flatMap((recovery) =>
          Array.from({ length: OTHER_PARTS }, (_, part): Unit => {
            const unit = { kind: "pairs", seed, support, combination, flow, recovery } as const;
            return { ...unit, part, parts: OTHER_PARTS, share };
          }),
        ),
      ),
    );
}

export function seededUnits(seed: number, support: Support): Unit[] {
  return Array.from({ length: SEEDED_PAIRS / SEEDED_A_UNIT }, (_, index): Unit => {
    return { kind: "seeded-pairs", seed, support, from: index * SEEDED_A_UNIT, to: (index + 1) * SEEDED_A_UNIT };
  });
}

export function walkUnits(seed: number, support: Support, walks: number): Unit[] {
  return Array.from({ length: Math.ceil(walks / WALKS_A_UNIT) }, (_, index): Unit => {
    const from = index * WALKS_A_UNIT;
    return { kind: "walks", seed, support, from, to: Math.min(walks, from + WALKS_A_UNIT) };
  });
}
