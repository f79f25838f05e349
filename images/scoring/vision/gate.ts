import { Refusal } from "../refusal";

/** Lets so many at once do something that takes memory, and so many wait; whoever comes on top of those is sent away. */
export class Gate {
    private inside = 0;
    private readonly queue: (() => void)[] = [];

    constructor(
        private readonly places: number,
        private readonly waiting: number,
    ) {}

    /** @throws Refusal when too many wait already */
    async pass<T>(work: () => Promise<T>): Promise<T> {
        if (this.inside >= this.places) {
            if (this.queue.length >= this.waiting)
                throw new Refusal("overloaded", `${this.queue.length} pictures wait to be decoded already`);
            await new Promise<void>((go) => this.queue.push(go));
        } else this.inside += 1;
        try {
            return await work();
        } finally {
            const next = this.queue.shift();
            if (next) next();
            else this.inside -= 1;
        }
    }
}
