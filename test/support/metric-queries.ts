import type { MetricData } from "../../src/emulator/core/stored-metrics.ts";

/** A query of OCI Monitoring (MQL), as far as alarms and dashboards here use it. */
export interface MetricQuery {
  readonly metric: string;
  readonly interval: string;
  readonly dimensions: readonly { readonly name: string; readonly operator: "=" | "=~"; readonly value: string }[];
  /** Names of dimensions in `groupBy`. */
  readonly groupedBy: readonly string[];
  readonly statistic: string;
  readonly threshold: { readonly operator: "<" | ">"; readonly value: number } | null;
}

const QUERY = /^(\w+)\[(\w+)\](?:\{(.+)\})?(?:\.grouping\(\)|\.groupBy\((\w+)\))\.(\w+)\([^)]*\)(?: ([<>]) (\d+))?$/;
const DIMENSION = /^(\w+) (=|=~) "([^"]*)"$/;

/** Throws for text that is no such query. */
export function parseQuery(text: string): MetricQuery {
  const [found, metric = "", interval = "", dimensions, group, statistic = "", operator, value] =
    QUERY.exec(text) ?? [];
  if (found === undefined) throw new Error(`no query: ${text}`);
  const parts = dimensions === undefined ? [] : dimensions.split(", ");
  return {
    metric,
    interval,
    dimensions: parts.map((part) => {
      const [whole, name = "", by, wanted = ""] = DIMENSION.exec(part) ?? [];
      if (whole === undefined) throw new Error(`no dimension: ${part}`);
      return { name, operator: by === "=~" ? "=~" : "=", value: wanted };
    }),
    groupedBy: group === undefined ? [] : [group],
    statistic,
    threshold: value === undefined ? null : { operator: operator === "<" ? "<" : ">", value: Number(value) },
  };
}

/** The values that a dimension of a query means: with `=~`, `|` separates them, and `*` is any text. */
export function meansValue({ operator, value }: MetricQuery["dimensions"][number], text: string): boolean {
  if (operator === "=") return value === text;
  return value.split("|").some((part) => new RegExp(`^${part.replaceAll("*", ".*")}$`).test(text));
}

/** Whether an alarm with this query fires, if these metrics are all of its interval. */
export function fires(
  { metric, dimensions, statistic, threshold }: MetricQuery,
  posted: readonly MetricData[],
): boolean {
  const values = posted
    .filter((one) => one.name === metric)
    .filter((one) => dimensions.every((wanted) => meansValue(wanted, one.dimensions[wanted.name] ?? "")))
    .flatMap(({ datapoints }) => datapoints.map(({ value }) => value));
  if (statistic === "absent") return values.length === 0;
  if (threshold === null || values.length === 0) return false;
  const value = statistic === "min" ? Math.min(...values) : values.reduce((sum, one) => sum + one, 0);
  return threshold.operator === "<" ? value < threshold.value : value > threshold.value;
}
