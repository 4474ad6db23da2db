/** Maps with at most `limit` in parallel, in the order of the source. It reads no further ahead than that, so memory stays flat. */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of source) {
      underWay.push(map(item));
      const first = underWay.length < limit ? undefined : underWay.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) yield await first;
  } finally {
    // The consumer already has the first failure; a later one must not end the process as an unhandled rejection.
    await Promise.allSettled(underWay);
  }
}
