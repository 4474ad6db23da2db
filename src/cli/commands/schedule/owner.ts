import * as z from "zod/mini";
import type { RotationState } from "../../../clients/vault/rotation-responses.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { type Field, flag, optional } from "../../fields.ts";
import { MAX_CHARACTERS, withOwnership } from "../../owner-tags.ts";
import { secretArgument } from "../../secret-argument.ts";
import { changeSecret, openSecret } from "../../secret-change.ts";
import { printSchedule, scheduleData } from "./shown.ts";

/** Per resource (Source: OCI documentation, Limits on Tags). */
const MAX_TAGS = 10;
const WORDS = `a text of 1 to ${MAX_CHARACTERS} characters without line ends`;
const tagValue: Field<string> = z
  .string()
  .check(z.minLength(1, WORDS), z.maxLength(MAX_CHARACTERS, WORDS), z.regex(/^[^\p{Cc}]*$/u, WORDS));

/** A write replaces all tags. Tags that cannot be read would be lost, so nothing is written then. */
function wantedTags(state: RotationState, changes: { owner?: string | null; contact?: string | null }) {
  if (state.tags === null) {
    throw new CliError("OCI_REFUSED", {
      what: "the secret's tags cannot be read",
      means: "writing them would lose the existing ones",
      next: "set the free-form tags orot-owner and orot-contact in the console",
    });
  }
  const tags = withOwnership(state.tags, changes);
  if (Object.keys(tags).length > MAX_TAGS) {
    throw new CliError("OCI_REFUSED", {
      what: `the secret would have more than ${MAX_TAGS} free-form tags, which OCI does not take`,
      next: "remove one of its tags in the console",
    });
  }
  return tags;
}

const sameTags = (one: object, other: object) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

export const setOwner = defineCommand({
  name: "owner",
  summary: "note a secret's owner, and how to reach them",
  description: `Writes the free-form tags orot-owner and orot-contact of a secret, which schedule show and scan show. All other tags stay as
they are. A tag whose option is absent stays too; --clear removes both.

Tags are plain text that everyone who may list secrets can read: never put a secret into them. It needs "use secrets" for this secret.`,
  arguments: secretArgument,
  options: {
    owner: { flags: "--owner <text>", does: "the owner: a team, an application", takes: optional(tagValue) },
    contact: {
      flags: "--contact <text>",
      does: "how to reach the owner: an address, a channel",
      takes: optional(tagValue),
    },
    clear: { flags: "--clear", does: "remove both tags", takes: flag },
  },
  data: scheduleData,
  examples: [
    {
      does: "the team and its address",
      line: 'schedule owner ocid1.vaultsecret.oc1.iad.example --owner "Payments" --contact payments@example.org',
    },
  ],
  async run(context, values) {
    const { owner, contact, clear } = values;
    const isNothing = owner === undefined && contact === undefined;
    if (isNothing !== clear) {
      throw new CliError("USAGE", {
        what: clear
          ? "--clear was given together with --owner or --contact"
          : "neither --owner nor --contact was given",
        next: clear ? "leave one of them out" : "give one of them, or --clear",
      });
    }
    const changes = clear
      ? { owner: null, contact: null }
      : { ...(owner === undefined ? {} : { owner }), ...(contact === undefined ? {} : { contact }) };
    const secret = openSecret(context.runtime, await context.signIn(), values.secretId);
    await context.announce();
    let isNew = false;
    const after = await changeSecret(secret, context.runtime, {
      what: "tags",
      isDone: (state) => sameTags(state.tags ?? {}, wantedTags(state, changes)),
      write: (state) => {
        isNew = true;
        return secret.store.writeAnnotations({ tags: wantedTags(state, changes) }, state.etag);
      },
    });
    printSchedule(context, values.secretId, after, isNew);
    return exitCodes.done;
  },
});
