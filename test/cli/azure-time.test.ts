import { creationSeconds, longestChain } from "../../cli/azure-time";
import type { StateResource } from "../../cli/deployment";

const seconds: Record<string, number> = { group: 2, network: 5, cluster: 480, pool: 240, vault: 60, key: 5 };
const secondsOf = ({ type }: StateResource): number => seconds[type] ?? 0;
const chainOf = (resources: (Partial<StateResource> & { urn: string })[]): { seconds: number; links: string[] } => {
    const all = resources.map((resource) => ({ type: resource.urn.replace(/\d$/, ""), custom: true, ...resource }));
    const chain = longestChain({ version: 3, deployment: { resources: all } }, secondsOf);
    return { seconds: chain.seconds, links: chain.links.map(({ urn }) => urn) };
};

test("what waits for each other adds up, what runs beside does not", () => {
    const chain = chainOf([
        { urn: "group" },
        { urn: "vault", dependencies: ["group"] },
        { urn: "network", dependencies: ["group"] },
        { urn: "cluster", dependencies: ["network"] },
        { urn: "pool", dependencies: ["cluster"] },
    ]);
    expect(chain).toEqual({ seconds: 727, links: ["group", "network", "cluster", "pool"] });
});

test("pools that wait for each other are written one after the other", () => {
    const chain = chainOf([
        { urn: "cluster" },
        { urn: "pool1", dependencies: ["cluster"] },
        { urn: "pool2", dependencies: ["cluster", "pool1"] },
    ]);
    expect(chain.seconds).toBe(480 + 240 + 240);
});

test("properties that come from another resource wait for it, too", () => {
    expect(
        chainOf([{ urn: "vault" }, { urn: "key", propertyDependencies: { vaultName: ["vault"], x: null } }]).seconds,
    ).toBe(65);
});

test("who waits for a component waits for what is in it", () => {
    const chain = chainOf([
        { urn: "network-component", custom: false },
        { urn: "network", parent: "network-component" },
        { urn: "cluster", dependencies: ["network-component"] },
    ]);
    expect(chain.links).toEqual(["network", "cluster"]);
});

test("a role counts with the time that the program gives it to take effect, if it waits for it", () => {
    const role = { urn: "role", type: "azure-native:authorization:RoleAssignment", custom: true };
    const seconds = creationSeconds(120);
    const waiting = { ...role, resourceHooks: { AfterCreate: ["key-access-propagation"] } };
    expect(seconds(waiting) - seconds(role)).toBe(120);
});

test("an empty stack takes no time", () => {
    expect(chainOf([])).toEqual({ seconds: 0, links: [] });
});
