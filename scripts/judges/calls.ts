/** Remote calls of a rotation without a fault: no more, and no fewer, for each of them is there for a reason. */
export const calls = { fourStep: 22, whole: 14 } as const;
/** A secret's first rotation finds out, before it mints, what Vault does with a second PENDING version. */
export const callsOfFirst = { fourStep: 33, whole: 25 } as const;
