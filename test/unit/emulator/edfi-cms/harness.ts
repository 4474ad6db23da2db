import type { HttpRequest } from "../../../../src/clients/http/transport.ts";
import type { EmulatorOptions } from "../../../../src/emulator/emulator.ts";
import { setUp } from "../harness.ts";

const SCOPE = "edfi_admin_api/full_access";

/** An emulated CMS with one api client and an admin client, and short hands for what the product asks of it. */
export function setUpCms(switches: NonNullable<EmulatorOptions["switches"]> = {}, tenant?: string) {
  const { emulator, clock, send } = setUp({ switches });
  const { admin } = emulator;
  const cmsAdmin = admin.createApiClient({ role: "cms-client" });
  const client = admin.createApiClient(tenant === undefined ? {} : { tenant });
  const basic = (key: string, secret: string) =>
    `Basic ${Buffer.from(`${encodeURIComponent(key)}:${encodeURIComponent(secret)}`).toString("base64")}`;
  const form = (members: Record<string, string>, headers: Record<string, string> = {}) =>
    send("POST", "/connect/token", new URLSearchParams(members).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  const token = (key: string, secret: string, scope?: string) =>
    form({
      client_id: key,
      client_secret: secret,
      grant_type: "client_credentials",
      ...(scope === undefined ? {} : { scope }),
    });
  const bearer = async (of: { readonly key: string; readonly secret: string } = cmsAdmin, scope?: string) => ({
    authorization: `Bearer ${String((await token(of.key, of.secret, scope)).json["access_token"])}`,
  });
  const adminBearer = () => bearer(cmsAdmin, SCOPE);
  const put = async (path: string, headers: Record<string, string> = {}) =>
    send("PUT", path, {}, { ...(await adminBearer()), ...headers });
  const get = async (path: string, method: HttpRequest["method"] = "GET") =>
    send(method, path, undefined, await adminBearer());
  const reset = (version = "v3") => put(`/${version}/apiClients/${client.apiClientId}/reset-credential`);
  const login = (secret: string) => admin.edfiLogin(client.key, secret);
  return { emulator, admin, clock, send, cmsAdmin, client, basic, form, token, bearer, put, get, reset, login };
}
