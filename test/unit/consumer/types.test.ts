import { expectTypeOf, it } from "vitest";
import {
  type Credential,
  CredentialError,
  type CredentialErrorCode,
  type CredentialSource,
  credential,
  isInvalidClient,
  type Reader,
  type SecretVersion,
} from "../../../src/consumer/index.ts";

// Checked by the type checker; at run time nothing happens.
it("the types say what an application may rely on", () => {
  expectTypeOf<Reader>().toEqualTypeOf<(versionStage: "CURRENT" | "PENDING") => Promise<SecretVersion | null>>();
  expectTypeOf<SecretVersion>().toEqualTypeOf<{ readonly content: string; readonly versionNo: number }>();
  expectTypeOf(credential).returns.toEqualTypeOf<CredentialSource>();
  expectTypeOf(credential).parameter(0).toEqualTypeOf<Reader>();
  expectTypeOf<CredentialSource["current"]>().returns.resolves.toEqualTypeOf<Credential>();
  expectTypeOf<CredentialSource["next"]>().returns.resolves.toEqualTypeOf<Credential | null>();
  expectTypeOf<Credential["clientSecret"]>().toEqualTypeOf<string>();
  expectTypeOf<Credential["members"]>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
  expectTypeOf<CredentialError["code"]>().toEqualTypeOf<CredentialErrorCode>();
  expectTypeOf(isInvalidClient).toEqualTypeOf<(outcome: unknown) => Promise<boolean>>();
  expectTypeOf(new CredentialError("NOT_FOUND", "")).toExtend<Error>();

  const source = credential(async () => null);
  const use = () => source.use(async ({ clientId }) => ({ length: clientId.length }));
  expectTypeOf(use).returns.resolves.toEqualTypeOf<{ length: number }>();

  // @ts-expect-error: a reader that gives the SDK's bundle is none
  const wrong: Reader = async () => ({ secretBundle: {}, versionNo: 1 });
  // @ts-expect-error: an unknown option
  const misspelt = () => credential(async () => null, { ttl: 1 });
  // @ts-expect-error: a request gives a promise
  const late = () => source.use(({ clientId }) => clientId);
  // @ts-expect-error: nobody changes a credential
  const changed = (current: Credential) => (current.clientSecret = "");
  expectTypeOf([wrong, misspelt, late, changed]).toBeArray();
});
