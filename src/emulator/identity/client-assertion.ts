import { createPublicKey, verify } from "node:crypto";
import { asText, own, parseObject } from "../core/wire.ts";
import { appOfClient, type DomainState, type StoredApp } from "./state.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const AUDIENCE = "https://identity.oraclecloud.com/";

const decode = (part: string | undefined) => parseObject(Buffer.from(part ?? "", "base64url").toString("utf8"));

/**
 * The App of a client assertion (RFC 7523, section 2.2): a JWT that names the client as issuer and subject, signed with RS256 by a key
 * whose certificate the App holds. Undefined if any of this fails.
 */
export function assertedApp(form: URLSearchParams, domain: DomainState, now: number): StoredApp | undefined {
  if (form.get("client_assertion_type") !== ASSERTION_TYPE) return undefined;
  const [header, payload, signature, ...rest] = (form.get("client_assertion") ?? "").split(".");
  const head = decode(header);
  const claims = decode(payload);
  if (head?.["alg"] !== "RS256" || claims === undefined || signature === undefined || rest.length > 0) return undefined;
  const app = appOfClient(domain, asText(claims["sub"]) ?? "");
  const key = app === undefined ? undefined : own(app.certificates, asText(head["kid"]));
  const isMeant = claims["iss"] === claims["sub"] && claims["aud"] === AUDIENCE;
  const expiresAt = Number(claims["exp"]) * 1000;
  if (app === undefined || key === undefined || !isMeant || !(now < expiresAt)) return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  return verify("RSA-SHA256", signed, createPublicKey(key), Buffer.from(signature, "base64url")) ? app : undefined;
}
