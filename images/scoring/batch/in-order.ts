/**
 * Results of work on many things, in the things' order, with no more than `most` of them under way or waiting for their turn.
 * @throws what the work throws, once its turn has come
 */
export async function* inOrder<T, R>(
    things: AsyncIterable<T>,
    most: number,
    work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
    const under: Promise<R>[] = [];
    for await (const thing of things) {
        const one = work(thing);
        // Thrown when its turn comes; until then nobody looks.
        one.catch(() => undefined);
        under.push(one);
        const first = under.length >= most ? under.shift() : undefined;
        if (first) yield await first;
    }
    for (const one of under) yield await one;
}
