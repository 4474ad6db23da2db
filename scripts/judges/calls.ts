/** Remote calls of a rotation without a fault: no more, and no fewer, for each of them is there for a reason. */
export const calls = { fourStep: 21, whole: 14 } as const;
/** At most, in a process that has rotated before, where a write leaves the secret UPDATING for a second. */
export const callsWithTime = { fourStep: 24, whole: 16 } as const;
/** A secret's first rotation finds out, before it mints, what Vault does with a second PENDING version. */
export const callsOfFirst = { fourStep: 32, whole: 25 } as const;
