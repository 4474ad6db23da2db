/** What is used of simple-oauth2, which brings no types of its own. */
declare module "simple-oauth2" {
  export class ClientCredentials {
    constructor(settings: {
      readonly client: { readonly id: string; readonly secret: string };
      readonly auth: { readonly tokenHost: string; readonly tokenPath: string };
      readonly options?: { readonly credentialsEncodingMode?: "strict" | "loose" };
    });
    getToken(parameters: { readonly scope: string }): Promise<{ readonly token: Readonly<Record<string, unknown>> }>;
  }
}
