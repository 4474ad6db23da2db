/** The metadata of a secret that was rotated before: the rotator has noted that Vault takes a second PENDING version. */
export const ROTATED_ONCE: Readonly<Record<string, unknown>> = { orot: JSON.stringify({ secondPending: "taken" }) };
