import { COMPARTMENT } from "../../src/emulator/core/places.ts";
import type { World } from "./world.ts";

/** The settings with which a function posts its metrics. */
export const METRICS = { OROT_METRIC_NAMESPACE: "ocirotate", OROT_METRIC_COMPARTMENT_ID: COMPARTMENT };

/** The same, for a world that has no function of its own. */
export const AS_FUNCTION = { ...METRICS, FN_FN_ID: "ocid1.fnfunc.oc1..f" };

/** What each call posted, the oldest first: values by the metric and its dimensions, `Runs rotation OK ok`. */
export function posted({ emulator }: Pick<World, "emulator">): Record<string, number>[] {
  return emulator.state.metrics.map(({ taken }) =>
    Object.fromEntries(
      taken.map(({ name, dimensions: { resourceId, ...dimensions }, datapoints: [point] }) => {
        if (resourceId === undefined) throw new Error("a metric without a function");
        return [[name, ...Object.values(dimensions)].join(" "), point?.value ?? Number.NaN];
      }),
    ),
  );
}

/** What the last call posted. */
export function lastPosted(world: Pick<World, "emulator">): Record<string, number> {
  return posted(world).at(-1) ?? {};
}
