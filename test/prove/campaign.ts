import { createHandler } from "../../src/rotation/handler.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import {
  controlUnits,
  otherPairUnits,
  otherSingleUnits,
  pairUnits,
  seededUnits,
  singleUnits,
  walkUnits,
} from "./campaign-units.ts";
import { combinationId, namedCombinations, type OtherIssuer, otherIssuers, parseCombination } from "./combinations.ts";
import { type Figures, merge, noFigures } from "./figures.ts";
import type { Part } from "./part.ts";
import { beyondPins, pinnedRunOf, readPins } from "./pins.ts";
import type { Workers } from "./pool.ts";
import { detectSupport, type Support } from "./support.ts";
import type { Combination, Flow, ProvenIssuerName } from "./types.ts";
import { openRun, type Unit } from "./unit.ts";

interface CallsOfFlows {
  readonly fourStep: number;
  readonly whole: number;
}

/** Of a rotation without faults. `firstRotation`: of one that has to find out what Vault does with a second PENDING version. */
export interface RemoteCalls extends CallsOfFlows {
  readonly firstRotation: CallsOfFlows;
}

export interface Campaign {
  readonly figures: Figures;
  /** The same by kind of issuer; of those that were searched. */
  readonly byIssuer: ReadonlyMap<ProvenIssuerName, Figures>;
  readonly control: Figures;
  readonly part: Part | null;
  /** The share of the single faults that ran. */
  readonly singlesShare: number;
  /** The share of the pairs of the named combinations that ran; the seeded pairs over the others are not in it. */
  readonly pairsShare: number;
  readonly remoteCalls: RemoteCalls;
  /** Losses and false alarms beyond those that are pinned, in words. */
  readonly unpinned: readonly string[];
  /** What the product does not know yet and could therefore not be searched. */
  readonly unsupported: readonly string[];
}

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

/** 0 if there were none. */
function singlesShare({ chosen, leftOut }: Figures): number {
  return chosen === 0 ? 0 : chosen / (chosen + leftOut);
}

/** If only a part ran, each other part leads to about as many pairs. */
function allPairsOf(figures: Figures): number {
  const tried = singlesShare(figures);
  return tried === 0 ? 0 : figures.pairsPossible / tried;
}

function issuerOf(unit: Unit): ProvenIssuerName {
  return "combination" in unit ? parseCombination(unit.combination).issuer : "oci-iam";
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
  const singles = options.walksOnly || !isFirstToo ? [] : singleUnits(options, support, only);
  const named = new Set(Object.values(namedCombinations).map(combinationId));
  await doAll(
    "singles",
    singles.filter((unit) => unit.kind === "singles" && (only !== null || named.has(unit.combination))),
  );
  possible = allPairsOf(figures);
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
      const [first = [], rest = []] = otherSingleUnits(options, support, issuer);
      await doAll(`singles of ${issuer}`, first);
      const pairsOfIt = allPairsOf(byIssuer.get(issuer) ?? noFigures());
      const shareOfIt =
        options.allPairs || pairsOfIt === 0 ? 1 : Math.min(1, options.pairs / PAIRS_ELSEWHERE / pairsOfIt);
      await doAll(`singles of ${issuer}`, rest);
      if (!options.singlesOnly) await doAll(`pairs of ${issuer}`, otherPairUnits(seed, support, issuer, shareOfIt));
    }
  }
  const readBack = namedCombinations["read-back"] as Combination;
  const callsOf = async (combination: Combination): Promise<CallsOfFlows> => {
    const callsIn = async (flow: Flow) => {
      const { base } = await openRun({ seed, support }, combinationId(combination), flow, "product");
      return base.requestsBeforeQuiet;
    };
    return { fourStep: await callsIn("four-steps"), whole: await callsIn("whole") };
  };
  return {
    figures,
    byIssuer,
    control,
    part: options.part,
    singlesShare: singlesShare(figures),
    pairsShare: options.singlesOnly || options.walksOnly ? 0 : share,
    remoteCalls: { ...(await callsOf(readBack)), firstRotation: await callsOf({ ...readBack, isNoted: false }) },
    unsupported: lacksOf(support),
    // A single combination is searched with more recoveries than in a whole run.
    unpinned: only === null && !options.pin ? beyondPins(figures, pinnedRunOf(options), readPins()) : [],
  };
}
