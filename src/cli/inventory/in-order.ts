/** Maps with at most `limit` at work at a time, in the order of the source; reads no further ahead than that, so memory stays flat. */
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
    // Whoever stopped listening has the first failure; the others must not end the process.
    await Promise.allSettled(underWay);
  }
}
