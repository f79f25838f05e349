import { Faults, faultKinds } from "../../sandbox/azure/faults";
import type { FaultKind, FaultOptions } from "../../sandbox/azure/faults";
import { inputs, openWidgets, root, tokens } from "./widgets";

const certain = (kind: FaultKind, seed = 1): Faults => new Faults({ seed, rate: 1, kinds: [kind] });

test("the same seed draws the same faults, another seed others", () => {
    const draw = (seed: number): (FaultKind | undefined)[] => {
        const faults = new Faults({ seed, rate: 0.5 });
        return Array.from({ length: 64 }, (_, attempt) => faults.draw("t", "/id", "create", attempt));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set(draw(7))).toEqual(new Set([undefined, ...faultKinds]));
});

test.each<[FaultOptions["rate"], number, number]>([
    [0, 0, 0],
    [0.2, 150, 250],
    [{ delete: 1 }, 0, 0],
    [{ create: 1 }, 1000, 1000],
])("a rate of %j hits as many creates", (rate, least, most) => {
    const faults = new Faults({ seed: 3, rate });
    const hits = Array.from({ length: 1000 }, (_, index) => faults.draw("t", `/${index}`, "create", 1)).filter(Boolean);
    expect(hits.length).toBeGreaterThanOrEqual(least);
    expect(hits.length).toBeLessThanOrEqual(most);
});

test.each<[FaultKind, object]>([
    ["throttled", { status: 429, code: "TooManyRequests" }],
    ["conflict", { status: 409, code: "Conflict" }],
    ["serverError", { status: 500, code: "InternalServerError" }],
    ["unavailable", { status: 503, code: "ServiceUnavailable" }],
    ["lostBeforeAcceptance", { name: "LostConnection", accepted: false, readable: false }],
])("%s leaves Azure as it was", async (kind, error) => {
    const { azure } = openWidgets({ faults: certain(kind) });
    await expect(azure.put(tokens.group, inputs.group)).rejects.toMatchObject(error);
    expect(azure.list()).toEqual([]);
});

test.each<[FaultKind, boolean]>([
    ["lostReadable", true],
    ["lostUnreadable", false],
])("%s leaves the resource in Azure", async (kind, readable) => {
    const { azure } = openWidgets({ faults: certain(kind) });
    const lost = azure.put(tokens.group, inputs.group);
    await expect(lost).rejects.toMatchObject({ name: "LostConnection", accepted: true, readable });
    expect(azure.get(root)).toBeDefined();
});

test("every attempt draws anew, so a retry gets through", async () => {
    const { azure } = openWidgets({ faults: new Faults({ seed: 5, rate: 0.5, kinds: ["throttled"] }) });
    for (const netName of ["a", "b", "c", "d", "e", "f"]) {
        const puts = [inputs.group, { ...inputs.net, netName }];
        for (const [index, asked] of puts.entries()) {
            const send = (): Promise<unknown> => azure.put(index === 0 ? tokens.group : tokens.net, asked);
            const retry = (left: number): Promise<unknown> => {
                return send().catch((fault: unknown) => (left > 0 ? retry(left - 1) : Promise.reject(fault as Error)));
            };
            await retry(20);
        }
    }
    expect(azure.list(tokens.net)).toHaveLength(6);
});
