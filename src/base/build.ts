/** What was built, and from what. The bundler puts a text of JSON in its place; code that runs from its sources has none. */
declare const OCI_ROTATE_BUILD: string | undefined;

/** Members of the line that begins every call, so that a log tells which code has written it. */
export const BUILD: { readonly version: string; readonly commit: string } =
  typeof OCI_ROTATE_BUILD === "undefined" ? { version: "source", commit: "source" } : JSON.parse(OCI_ROTATE_BUILD);
