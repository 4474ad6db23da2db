import type { DefinedTags } from "../../base/place.ts";
import { CliError } from "../cli-error.ts";
import { requireSpreadable } from "../spread.ts";
import { namesClient } from "./secret-name.ts";

/** Options of `adopt` that only go together with others. */
interface Given {
  readonly names: string;
  readonly authority: string | undefined;
  readonly function: string | undefined;
  readonly every: number | undefined;
  readonly spread: number | undefined;
  readonly via: "function" | "local" | undefined;
  readonly add: boolean;
  readonly bind: boolean;
  readonly reset: readonly string[];
}

/** @throws CliError USAGE, before anything is read */
export function requireUsable(values: Given): void {
  if (!namesClient(values.names)) {
    throw new CliError("USAGE", {
      what: "--names has no {client}, so all secrets would have one name",
      next: "add it",
    });
  }
  if ((values.add || values.bind || values.reset.length > 0) && values.authority === undefined) {
    throw new CliError("USAGE", {
      what: "--add, --reset and --bind are about an authority, and none is named",
      next: "give --authority in place of --domain",
    });
  }
  if (values.via === "function" && values.function === undefined) {
    throw new CliError("USAGE", { what: "--via function was given without --function", next: "name the function" });
  }
  if (values.every !== undefined && values.function === undefined) {
    throw new CliError("USAGE", {
      what: "--every was given without --function",
      next: "name the function that rotates them",
    });
  }
  const { every, spread } = values;
  if (spread !== undefined && every === undefined) {
    throw new CliError("USAGE", {
      what: "--spread was given without --every",
      next: "give the interval of their schedules",
    });
  }
  if (every !== undefined) requireSpreadable({ every, spread });
}

const DEFINED_TAG = /^([^.=]+)\.([^=]+)=(.*)$/;
/** @throws CliError USAGE */
export function readTags(given: readonly string[]): DefinedTags {
  const tags: Record<string, Record<string, string>> = {};
  for (const one of given) {
    const [, namespace = "", key = "", value = ""] = DEFINED_TAG.exec(one) ?? [];
    if (namespace === "") {
      throw new CliError("USAGE", { what: "--defined-tag takes namespace.key=value", next: "correct it" });
    }
    tags[namespace] = { ...tags[namespace], [key]: value };
  }
  return tags;
}
