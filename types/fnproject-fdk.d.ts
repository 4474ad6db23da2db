/** The part of the Fn FDK for Node.js (0.0.76) in use here; the package brings no types of its own. */
declare module "@fnproject/fdk" {
  export interface Context {
    /** The header Fn-Deadline: the instant at which the platform ends the call; null where it was not sent. */
    readonly deadline: Date | null;
    readonly callID: string | null;
    /** As the platform sent them, by canonical name: `Fn-Call-Id`. */
    readonly headers: Readonly<Record<string, readonly string[]>>;
  }

  /**
   * Listens on the socket that the platform names and answers each call with what `handler` resolves to. A handler must never reject and
   * never resolve to null: the FDK would log the error as it is, or crash.
   * @returns closes the server
   */
  export function handle(
    handler: (input: Buffer, context: Context) => Promise<object>,
    options: { readonly inputMode: "buffer" },
  ): () => void;
}
