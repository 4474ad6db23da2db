import { createHandler } from "../handler.ts";
import {
  allCombinations,
  combinationId,
  namedCombinations,
  type OtherIssuer,
  otherIssuers,
  parseCombination,
  requiredCombinations,
} from "./combinations.ts";
import { type Figures, merge, noFigures } from "./figures.ts";
import type { ProvenIssuerName } from "./issuers/index.ts";
import type { Workers } from "./pool.ts";
import { flows, overlapFlows, recoveries } from "./schedule.ts";
import { detectSupport, type Support } from "./support.ts";
import { openRun, pairRecoveries, type Unit } from "./unit.ts";

export interface CampaignOptions {
  readonly seed: number;
  /** Run every pair of the named combinations, not a share. */
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  /** How many pairs of the named combinations are aimed at. */
  readonly pairs: number;
  readonly walks: number;
  /** No singles, no pairs. */
  readonly walksOnly: boolean;
  /** This combination alone: its id, or the name of one of the four. */
  readonly combination: string | null;
  /** This kind of issuer alone. */
  readonly issuer: OtherIssuer | null;
  readonly onProgress: (text: string) => void;
}

export interface Campaign {
  readonly figures: Figures;
  /** The same by kind of issuer; of those that were searched. */
  readonly byIssuer: ReadonlyMap<ProvenIssuerName, Figures>;
  readonly control: Figures;
  /** The share of the pairs of the named combinations that ran; the seeded pairs over the others are not in it. */
  readonly pairsShare: number;
  readonly remoteCalls: { readonly fourStep: number; readonly whole: number };
  /** What the product does not know yet and could therefore not be searched. */
  readonly unsupported: readonly string[];
}

const SEEDED_PAIRS = 20_000;
const SEEDED_A_UNIT = 250;
const PARTS = 16;
const WALKS_A_UNIT = 50;
/** Of the pairs aimed at over the four combinations each further kind of issuer gets this part. */
const PAIRS_ELSEWHERE = 40;

/** What the product lacks, in words. */
function lacksOf(support: Support): string[] {
  return [
    ...(support.heal ? [] : ["action heal"]),
    ...(support.authority ? [] : ["second authority: not supported yet"]),
    ...(support.requireWayBack ? [] : ["OROT_REQUIRE_WAY_BACK: not supported yet"]),
  ];
}

/** All units of the singles: the named combinations with every recovery, the others and the required ones with a heal. */
function singleUnits(seed: number, support: Support, only: string | null): Unit[] {
  const named = Object.values(namedCombinations).map(combinationId);
  const beside = Object.values(namedCombinations).filter(({ subscribed }) => subscribed);
  const every = [...allCombinations, ...beside, ...(support.requireWayBack ? requiredCombinations : [])]
    .filter(({ authority }) => support.authority || !authority)
    .map(combinationId);
  return (only === null ? every : [only]).flatMap((combination) =>
    flows.map((flow): Unit => {
      const all = named.includes(combination) || only !== null;
      const unit = { kind: "singles", subject: "product", seed, support, combination, flow } as const;
      return { ...unit, recoveries: all ? recoveries : (["heal-later"] as const), quietToo: all };
    }),
  );
}

/** The control's singles over the named combinations. */
function controlUnits(seed: number, support: Support): Unit[] {
  return Object.values(namedCombinations).flatMap((combination) =>
    flows.map((flow): Unit => {
      const unit = { kind: "singles", subject: "control", seed, flow } as const;
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

function pairUnits(seed: number, support: Support, share: number, only: string | null): Unit[] {
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

/** All singles of the kinds of issuers beside the first: with every recovery for the first combination of each, with a heal for the others. */
function otherSingleUnits(seed: number, support: Support, issuer: OtherIssuer): readonly [first: Unit[], rest: Unit[]] {
  const unitsOf = (combination: string, isFirst: boolean) =>
    flows.map((flow): Unit => {
      const unit = { kind: "singles", subject: "product", seed, support, combination, flow } as const;
      return { ...unit, recoveries: isFirst ? recoveries : (["heal-later"] as const), quietToo: isFirst };
    });
  const [first = "", ...rest] = otherIssuers[issuer].map(combinationId);
  // Where the issuer keeps two values, ending that is a run of its own.
  const overlapUnits = (OVERLAP_ISSUERS.includes(issuer) ? overlapFlows : []).map((flow): Unit => {
    const unit = { kind: "singles", subject: "product", seed, support, combination: first, flow } as const;
    return { ...unit, recoveries: pairRecoveries, quietToo: false };
  });
  return [[...unitsOf(first, true), ...overlapUnits], rest.flatMap((combination) => unitsOf(combination, false))];
}

function otherPairUnits(seed: number, support: Support, issuer: OtherIssuer, share: number): Unit[] {
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

function issuerOf(unit: Unit): ProvenIssuerName {
  return "combination" in unit ? parseCombination(unit.combination).issuer : "oci-iam";
}

function seededUnits(seed: number, support: Support): Unit[] {
  return Array.from({ length: SEEDED_PAIRS / SEEDED_A_UNIT }, (_, index): Unit => {
    return { kind: "seeded-pairs", seed, support, from: index * SEEDED_A_UNIT, to: (index + 1) * SEEDED_A_UNIT };
  });
}

function walkUnits(seed: number, support: Support, walks: number): Unit[] {
  return Array.from({ length: Math.ceil(walks / WALKS_A_UNIT) }, (_, index): Unit => {
    const from = index * WALKS_A_UNIT;
    return { kind: "walks", seed, support, from, to: Math.min(walks, from + WALKS_A_UNIT) };
  });
}

/** Runs singles, pairs, walks and the control, and sums them up. */
export async function runCampaign(options: CampaignOptions, workers: Workers<Unit, Figures>): Promise<Campaign> {
  const { seed, combination: only, onProgress } = options;
  const support = await detectSupport(createHandler, seed);
  const figures = noFigures();
  const byIssuer = new Map<ProvenIssuerName, Figures>();
  const control = noFigures();
  let possible = 0;
  const doAll = async (what: string, units: readonly Unit[]) => {
    let done = 0;
    await workers(units, (unit, more) => {
      const isControl = unit.kind === "singles" && unit.subject === "control";
      merge(isControl ? control : figures, more);
      if (!isControl) {
        const own = byIssuer.get(issuerOf(unit)) ?? noFigures();
        byIssuer.set(issuerOf(unit), own);
        merge(own, more);
      }
      done += 1;
      const { schedules, lost, notConverged, walks, walksFailed } = isControl ? control : figures;
      const walked = walks === 0 ? "" : `, ${walks} walks, failed ${walksFailed}`;
      onProgress(
        `${what} ${done}/${units.length}: ${schedules} schedules, lost ${lost}, not converged ${notConverged}${walked}`,
      );
    });
  };
  await doAll("control", controlUnits(seed, support));
  const isFirstToo = options.issuer === null;
  const singles = options.walksOnly || !isFirstToo ? [] : singleUnits(seed, support, only);
  const named = new Set(Object.values(namedCombinations).map(combinationId));
  await doAll(
    "singles",
    singles.filter((unit) => unit.kind === "singles" && (only !== null || named.has(unit.combination))),
  );
  possible = figures.pairsPossible;
  await doAll(
    "singles",
    singles.filter((unit) => unit.kind === "singles" && only === null && !named.has(unit.combination)),
  );
  const share = options.allPairs || possible === 0 ? 1 : Math.min(1, options.pairs / possible);
  if (!options.singlesOnly && only === null && isFirstToo)
    await doAll("walks", walkUnits(seed, support, options.walks));
  if (!options.singlesOnly && !options.walksOnly && isFirstToo) {
    await doAll("pairs", pairUnits(seed, support, share, only));
    if (only === null) await doAll("pairs elsewhere", seededUnits(seed, support));
  }
  if (only === null && !options.walksOnly) {
    // Pairs build on the combination with every recovery, whose singles count how many there are.
    const issuers = Object.keys(otherIssuers) as OtherIssuer[];
    for (const issuer of isFirstToo ? issuers : issuers.filter((name) => name === options.issuer)) {
      const [first = [], rest = []] = otherSingleUnits(seed, support, issuer);
      await doAll(`singles of ${issuer}`, first);
      const pairsOfIt = byIssuer.get(issuer)?.pairsPossible ?? 0;
      const shareOfIt =
        options.allPairs || pairsOfIt === 0 ? 1 : Math.min(1, options.pairs / PAIRS_ELSEWHERE / pairsOfIt);
      await doAll(`singles of ${issuer}`, rest);
      if (!options.singlesOnly) await doAll(`pairs of ${issuer}`, otherPairUnits(seed, support, issuer, shareOfIt));
    }
  }
  const callsOf = async (flow: (typeof flows)[number]) => {
    const first = combinationId(namedCombinations["read-back"] as (typeof allCombinations)[number]);
    return (await openRun({ seed, support }, first, flow, "product")).base.requestsBeforeQuiet;
  };
  return {
    figures,
    byIssuer,
    control,
    pairsShare: options.singlesOnly || options.walksOnly ? 0 : share,
    remoteCalls: { fourStep: await callsOf("four-steps"), whole: await callsOf("whole") },
    unsupported: lacksOf(support),
  };
}
