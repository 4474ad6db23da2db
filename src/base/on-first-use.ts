/** Makes a value when it is first asked for, and keeps it. A start need not build what its event does not use. */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
