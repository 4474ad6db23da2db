/** The options of the emulator as a program, for `npm run emulator` and `oci-rotate emulator` alike. */

/** One that is given a value, which is always text here; `options.ts` judges it. */
interface Valued {
  /** As in `--port <n>`. */
  readonly value: string;
  readonly does: string;
  readonly isRepeated?: true;
}
interface Flag {
  readonly value: null;
  readonly does: string;
}

export const emulatorOptions = {
  port: { value: "n", does: "port on 127.0.0.1 to listen on (default: any free one)" },
  "data-dir": { value: "folder", does: "folder that keeps the state across restarts (default: in memory)" },
  function: {
    value: "file",
    does: 'the built function, or the command line of a function with any FDK, such as "fdk func.py handler", which finds the services at OROT_VAULT_ENDPOINT (default: the function that was built with this program)',
  },
  config: { value: "name=value", isRepeated: true, does: "a setting of the function" },
  "start-limit": { value: "seconds", does: "how long the function may take to start (default: 10)" },
  sample: {
    value: "fleet|one",
    does: "what the first start creates: secrets in every condition at four issuers, or only one (default: fleet)",
  },
  secrets: {
    value: "n",
    does: "create n additional secrets on first start, with rotations due over the next 30 days (default: 0)",
  },
  switch: { value: "name=value", isRepeated: true, does: "set a switch" },
  fault: {
    value: "call:kind",
    isRepeated: true,
    does: "a fault to inject, such as regenerate:answer-lost, or regenerate:answer-lost:2 for the second such call",
  },
  env: {
    value: null,
    does: "print the settings of the running emulator (of --port, otherwise of the last one started) for a shell, and start none",
  },
} as const satisfies Readonly<Record<string, Valued | Flag>>;

export const optionEntries: readonly (readonly [name: string, option: Valued | Flag])[] =
  Object.entries(emulatorOptions);
