import type { EmulatedIssuer } from "../core/emulated-issuer.ts";
import { tokenCall } from "../core/token-call.ts";
import { edfiRoute, handleEdfiApi } from "./api.ts";
import { edfiError } from "./errors.ts";
import { clientOfKey } from "./state.ts";
import { edfiCredentials, handleEdfiToken } from "./token.ts";

const TOKEN_PATH = "/connect/token";

/**
 * The Configuration Service (CMS) of the Ed-Fi Data Management Service: its token endpoint, and the API that resets credentials of api
 * clients. A switch selects the behaviour where releases or identity providers differ.
 */
export const edfiCms: EmulatedIssuer = {
  system: "edfi-cms",
  serves: (path) => path === TOKEN_PATH || /^\/v\d+\//i.test(path),
  classify: (request, state, switches) => {
    if (request.path === TOKEN_PATH) {
      const { key, secret } = edfiCredentials(request, switches);
      const client = clientOfKey(state.edfiCms, key);
      return tokenCall(key, secret, client?.firstLogin ?? client?.secret, state);
    }
    const route = edfiRoute(request.path);
    if (route?.reset === true) return request.method === "PUT" ? "regenerate" : "other";
    return route?.resource === "apiClients" && request.method === "GET" ? "read-client" : "other";
  },
  handle: (request, surroundings) =>
    request.path === TOKEN_PATH ? handleEdfiToken(request, surroundings) : handleEdfiApi(request, surroundings),
  error: (status) => edfiError(status),
};
