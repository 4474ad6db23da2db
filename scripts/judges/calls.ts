/** Remote calls of a rotation without a fault: no more, and no fewer, for each of them is there for a reason. */
export const calls = { fourStep: 22, whole: 14 } as const;
