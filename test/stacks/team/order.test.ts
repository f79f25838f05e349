import { stringify } from "yaml";
import { expiryOf, expirySaid, readOrders, type TeamOrder } from "../../../stacks/team/order";
import { goodOrder, wrongOrders } from "../wrong-orders";

function read(order: object, file = "teams/vision.yaml"): { order?: TeamOrder; faults: string[] } {
    const faults: string[] = [];
    const [found] = readOrders(file, stringify(order), faults);
    return { ...(found && { order: found }), faults };
}

test("a good order is read, with what it leaves out filled in", () => {
    const short = { ...goodOrder, containers: undefined, imagePrefix: undefined, budget: { amount: 400 } };
    expect(read({ ...short, quota: { ...goodOrder.quota, gpus: undefined } })).toEqual({
        order: {
            ...goodOrder,
            ...{
                file: "teams/vision.yaml",
                environment: "dev",
                containers: [],
                imagePrefix: "vision",
                workspace: "shared",
                frozen: false,
                endpoints: {},
                batch: {},
            },
            quota: { ...goodOrder.quota, gpus: {} },
            budget: { amount: 400, alertPercents: [50, 80, 100], hardCapPercent: 120 },
        },
        faults: [],
    });
});

test("an environment's own figures are merged over the rest: lists and values replaced, null takes away", () => {
    const faults: string[] = [];
    const orders = readOrders(
        "teams/vision.yaml",
        stringify({
            ...{ ...goodOrder, environments: ["dev", "prod"] },
            overrides: {
                prod: {
                    quota: { gpus: { t4: null, a10: 2 }, cpu: 12 },
                    containers: ["frames", "labels"],
                    frozen: true,
                },
            },
        }),
        faults,
    );
    expect(faults).toEqual([]);
    const [dev, prod] = orders;
    expect(orders).toHaveLength(2);
    expect(dev).toMatchObject({ environment: "dev", quota: goodOrder.quota, containers: ["frames"], frozen: false });
    expect(prod).toEqual({
        ...{ ...dev, environment: "prod", containers: ["frames", "labels"], frozen: true },
        quota: { ...goodOrder.quota, gpus: { a10: 2 }, cpu: 12 },
    });
});

test.each(wrongOrders)("refuses $what", ({ order, message }) => {
    const found = read(order);
    expect(found.order).toBeUndefined();
    expect(found.faults.join("\n")).toContain(message);
    // One thing is wrong: a follow-up of the same fault at most.
    expect(found.faults.length).toBeLessThanOrEqual(2);
});

test("tells all faults at once, each with its file", () => {
    const { faults } = read({ ...goodOrder, lead: "me", expires: "soon", quota: { cpu: 0 } });
    for (const field of ["lead", "expires", "quota.cpu", "quota.memoryGib", "quota.pods"])
        expect(faults.filter((fault) => fault.startsWith(`teams/vision.yaml: ${field} must be`))).toHaveLength(1);
});

test("a file that is no YAML, or no order, is told by its name", () => {
    const faults: string[] = [];
    expect(readOrders("teams/a.yaml", "team: [", faults)).toEqual([]);
    expect(readOrders("teams/b.yaml", "nothing", faults)).toEqual([]);
    expect(faults[0]).toMatch(/^teams\/a\.yaml: must be YAML: /);
    expect(faults.at(-1)).toMatch(/^teams\/b\.yaml: must be an object with team, lead/);
});

test("the last day counts; the days before it warn, those of grace freeze, and those after stop all but destroy", () => {
    const { order } = read(goodOrder);
    if (order === undefined) throw new Error("the order is good");
    const on = (day: string): [object, string | undefined] => {
        const expiry = expiryOf(order, 14, new Date(`${day}T12:00:00Z`));
        return [expiry, expirySaid(order, expiry)];
    };
    expect(on("2027-05-01")).toEqual([{ state: "good" }, undefined]);
    expect(on("2027-06-01")).toEqual([{ state: "ending", daysLeft: 30 }, expect.stringContaining("30 days left")]);
    expect(on("2027-06-30")).toEqual([{ state: "ending", daysLeft: 1 }, expect.stringContaining("1 day left;")]);
    expect(on("2027-07-01")).toEqual([{ state: "frozen", daysLeft: 14 }, expect.stringContaining("in 14 days only")]);
    expect(on("2027-07-14")).toEqual([{ state: "frozen", daysLeft: 1 }, expect.stringContaining("in 1 day only")]);
    expect(on("2027-07-15")).toEqual([
        { state: "over" },
        expect.stringContaining("teams/vision.yaml: expires must not be past, got 2027-06-30"),
    ]);
});
