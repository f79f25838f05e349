import { readListed, type Listed } from "../../../review/promotion/listed";
import { normalResources, type Names } from "../../../review/promotion/normal";
import { proofOf, type Environment, type Proof } from "../../../review/promotion/proof";
import type { ResourceChange } from "../../../review/model/preview";
import { Secret, Unknown, type ValueMap } from "../../../review/model/value";
import { change, previewOf, urnOf } from "../changes";

const account = "azure-native:storage:StorageAccount";
const network = "azure-native:network:VirtualNetwork";
const subnet = "azure-native:network:Subnet";
const rules = "azure-native:network:NetworkSecurityGroup";
const role = "azure-native:authorization:RoleAssignment";
const identity = "azure-native:managedidentity:UserAssignedIdentity";
const pool = "azure-native:containerservice:AgentPool";

type References = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
type Side = "staging" | "prod";
const tiers: Readonly<Record<Side, object>> = { staging: { "logs.days": 30 }, prod: { "logs.days": 90 } };
const names = (environment: Side): Names => ({
    ...{ stack: environment, environment, workload: "mlp", globalHash: environment === "prod" ? "spqd" : "k2x9" },
    subscriptionId: environment === "prod" ? "1111-1111" : "2222-2222",
});
const environment = (side: Side, resources: readonly ResourceChange[], references: References = {}): Environment => ({
    resources: normalResources(previewOf(...resources), names(side), (urn) => references[urn] ?? {}),
    tier: (path) => (tiers[side] as Record<string, unknown>)[path],
});
const proof = (
    staging: readonly ResourceChange[],
    prod: readonly ResourceChange[],
    listed: readonly Listed[] = [],
    references: References = {},
): Proof => proofOf(environment("staging", staging, references), environment("prod", prod, references), listed);

const one = (type: string, inputs: ValueMap, more: Parameters<typeof change>[2] = {}): ResourceChange =>
    change(type, [inputs, inputs], { operation: "same", ...more });
const both = (staging: ValueMap, prod: ValueMap, type = account): [ResourceChange[], ResourceChange[]] => [
    [one(type, staging)],
    [one(type, prod)],
];
const row = (more: Partial<Listed>): Listed => ({ type: account, by: "choice", reason: "it is meant to be", ...more });

test.each<[string, ValueMap, ValueMap]>([
    ["with hyphens", { name: "vnet-mlp-staging-sdc" }, { name: "vnet-mlp-prod-sdc" }],
    ["without", { accountName: "stmlpstagingworkk2x91" }, { accountName: "stmlpprodworkspqd1" }],
    ["with a generation", { vaultName: "kv-mlp-staging-k2x9-12" }, { vaultName: "kv-mlp-prod-spqd-12" }],
    [
        "in ids of another subscription",
        { scope: "/subscriptions/2222-2222/resourceGroups/rg-mlp-staging-sdc" },
        { scope: "/subscriptions/1111-1111/resourceGroups/rg-mlp-prod-sdc" },
    ],
    ["in tags", { tags: { environment: "staging" } }, { tags: { environment: "prod" } }],
    [
        "in hosts of others, which are no names of ours",
        { host: "images-prod.docker.com" },
        { host: "images-prod.docker.com" },
    ],
    ["in words that begin with one", { host: "production.docker.com" }, { host: "production.docker.com" }],
])("names of environments are no difference: %s", (_, staging, prod) => {
    expect(proof(...both(staging, prod))).toEqual({ compared: 1, listed: [], unlisted: [], unused: [] });
});

test("everything else is a difference: a value, a property, an order, a generation", () => {
    const { unlisted } = proof(
        ...both(
            { a: 1, b: true, list: ["x", "y"], name: "kv-mlp-staging-k2x9-1", empty: [] },
            { a: "1", list: ["y", "x"], name: "kv-mlp-prod-spqd-2", more: null, empty: [] },
        ),
    );
    expect(unlisted.map(({ path, from, to }) => [path, from, to])).toEqual([
        ["a", "1", '"1"'],
        ["b", "true", undefined],
        ["list[0]", '"x"', '"y"'],
        ["list[1]", '"y"', '"x"'],
        ["more", undefined, "null"],
        ["name", '"kv-mlp-staging-k2x9-1"', '"kv-mlp-prod-spqd-2"'],
    ]);
});

test("one environment's name in the other is a difference", () => {
    expect(proof(...both({ vnet: "vnet-mlp-staging" }, { vnet: "vnet-mlp-staging-2" })).unlisted).toHaveLength(1);
    expect(proof(...both({ vnet: "vnet-mlp-staging" }, { vnet: "vnet-mlp-dev" })).unlisted).toHaveLength(1);
});

test("a resource that only one has is a difference, unless it is listed by its name", () => {
    const listed = [row({ type: network, name: "virtualnetwork" }), row({ type: subnet, name: "other" })];
    const found = proof([one(account, {})], [one(account, {}), one(network, {}), one(subnet, {})], listed);
    expect(found.listed.map(({ difference }) => difference)).toEqual([
        { type: network, name: "virtualnetwork", kind: "only in one", to: "there" },
    ]);
    expect(found.unlisted).toEqual([{ type: subnet, name: "subnet", kind: "only in one", to: "there" }]);
    expect(found.unused).toEqual([listed[1]]);
});

test("a listed property is one, at any place of a list, of its type or of all; nothing beside it is", () => {
    const sides = both(
        { rules: [{ port: 1, to: "a" }], tags: { owner: "x" } },
        { rules: [{ port: 2, to: "b" }], tags: {} },
    );
    const listed = [
        row({ path: "rules[*].port" }),
        row({ type: "*", path: "tags.owner" }),
        row({ type: subnet, path: "a" }),
    ];
    const found = proof(...sides, listed);
    expect(found.listed.map(({ difference: { path }, row: { type } }) => [path, type])).toEqual([
        ["rules[0].port", account],
        ["tags.owner", "*"],
    ]);
    expect(found.unlisted.map(({ path }) => path)).toEqual(["rules[0].to"]);
    expect(found.unused).toEqual([listed[2]]);
});

test.each<[string, number, number, string | undefined]>([
    ["as the tiers say", 30, 90, undefined],
    ["the other way round", 90, 30, "the tiers' logs.days is 30 and 90"],
    ["other than prod's", 30, 31, "the tiers' logs.days is 30 and 90"],
])("what the tier table decides must be %s", (_, staging, prod, because) => {
    const found = proof(...both({ days: staging }, { days: prod }), [row({ path: "days", by: { tier: "logs.days" } })]);
    expect(found.unlisted.map((each) => each.because)).toEqual(because === undefined ? [] : [because]);
    expect(found.listed).toHaveLength(because === undefined ? 1 : 0);
});

test.each<[string, string, string, string | undefined]>([
    ["in its own network", "10.21.8.0/24", "10.22.0.4", undefined],
    ["open to all", "10.21.8.0/24", "0.0.0.0/0", '"0.0.0.0/0" is none of its own addresses'],
    ["in the other's network", "10.21.8.0/24", "10.21.9.0/24", '"10.21.9.0/24" is none of its own addresses'],
    ["wider than its own network", "10.21.0.0/16", "10.22.0.0/24", '"10.21.0.0/16" is none of its own addresses'],
    ["no address", "10.21.8.0/24", "Internet", '"Internet" is none of its own addresses'],
])("an address that may differ must be its environment's own: %s", (_, staging, prod, because) => {
    const space = (prefix: string): ResourceChange => one(network, { addressSpace: { addressPrefixes: [prefix] } });
    const listed = [
        row({ type: network, path: "addressSpace.addressPrefixes[*]", by: "own addresses" }),
        row({ type: rules, path: "from", by: "own addresses" }),
    ];
    const found = proof(
        [space("10.21.0.0/20"), one(rules, { from: staging })],
        [space("10.22.0.0/18"), one(rules, { from: prod })],
        listed,
    );
    expect(found.unlisted.map((each) => each.because)).toEqual(because === undefined ? [] : [because]);
});

test("what another resource has answered is the same, whatever it is; another's answer is not", () => {
    const id = (principalId: string, name = "cluster"): ResourceChange => {
        const made = one(identity, {}, { name });
        return { ...made, new: { ...(made.new ?? fail()), outputs: { principalId } } };
    };
    const given = (principalId: string): ResourceChange => one(role, { principalId });
    expect(proof([id("aaaa-aaaa"), given("aaaa-aaaa")], [id("bbbb-bbbb"), given("bbbb-bbbb")]).unlisted).toEqual([]);
    const others = proof(
        [id("aaaa-aaaa"), id("cccc-cccc", "disks"), given("aaaa-aaaa")],
        [id("bbbb-bbbb"), id("dddd-dddd", "disks"), given("dddd-dddd")],
    );
    expect(others.unlisted.map(({ path }) => path)).toEqual(["principalId"]);
});

function fail(): never {
    throw new Error("it has no state");
}

test("what nobody knows yet is the same only where it comes from the same resources", () => {
    const references = { [urnOf(role)]: { principalId: [urnOf(identity)] } };
    const open = { principalId: new Unknown("string") };
    expect(proof(...both(open, open, role)).unlisted).toHaveLength(1);
    expect(proof(...both(open, open, role), [], references).unlisted).toEqual([]);
    expect(proof(...both({ principalId: "aaaa" }, open, role), [], references).unlisted).toEqual([]);
    expect(
        proof(...both({ principalId: "aaaa" }, { principalId: "bbbb" }, role), [], references).unlisted,
    ).toHaveLength(1);
});

test("secrets are not compared: their fingerprints are of different keys", () => {
    expect(proof(...both({ key: new Secret("a") }, { key: new Secret("b") })).unlisted).toEqual([]);
    expect(proof(...both({ key: new Secret("a") }, { key: "b" })).unlisted).toHaveLength(1);
});

test("what is done differs where both are changed in other ways; what is new or as it should be says nothing", () => {
    const doing = (operation: ResourceChange["operation"], ...paths: string[]): ResourceChange =>
        one(account, {}, { operation, changes: paths.map((path) => ({ path, kind: "update", replaces: false })) });
    expect(proof([doing("update", "a")], [doing("update", "a")]).unlisted).toEqual([]);
    expect(proof([doing("same")], [doing("update", "a")]).unlisted).toEqual([]);
    expect(proof([doing("update", "a")], [doing("create")]).unlisted).toEqual([]);
    expect(proof([doing("update", "a")], [doing("replace", "a")]).unlisted).toMatchObject([
        { kind: "effect", from: "update of a", to: "replace of a" },
    ]);
    expect(proof([doing("update", "a")], [doing("update", "a", "b")]).unlisted).toHaveLength(1);
});

test("pools are compared by what they are called in the stack's file", () => {
    const made = (name: string, agentPoolName: string): ResourceChange => one(pool, { agentPoolName }, { name });
    expect(proof([made("pool-sys-k3h6", "sysk3h6")], [made("pool-sys-dh2q", "sysdh2q")]).unlisted).toEqual([]);
    expect(proof([made("pool-sys-k3h6", "sysk3h6")], [made("pool-work-dh2q", "workdh2q")]).unlisted).toHaveLength(2);
});

describe("the list", () => {
    const file = (...differences: object[]): string =>
        JSON.stringify({ promotions: [{ from: "staging", to: "prod", differences }] });
    const good = { type: account, path: "sku.name", reason: "prod is larger" };

    test("is read for its promotion alone", () => {
        expect(
            readListed(file(good, { ...good, tier: "a.b" }, { ...good, addresses: "own" }), "staging", "prod"),
        ).toEqual([
            { ...good, by: "choice" },
            { ...good, by: { tier: "a.b" } },
            { ...good, by: "own addresses" },
        ]);
        expect(readListed(file(good), "dev", "staging")).toBeUndefined();
    });

    test.each<[string, object, string[]]>([
        [
            "everything wrong at once",
            { type: "storage", path: "a", name: "b", who: "me", tier: "a", addresses: "all", reason: "why" },
            [
                "has no field who; there is: type, path, name, tier, addresses, reason",
                "type must be a resource's type, or *",
                "must have a path or a name, and not both",
                "addresses must be own, or left out",
                "tier and addresses do not go together",
                "what only one has is held to no value",
                "reason must say why in a sentence",
            ],
        ],
        [
            "neither path nor name",
            { type: account, reason: "no reason at all" },
            ["must have a path or a name, and not both"],
        ],
        [
            "a name of all types",
            { type: "*", name: "x", reason: "no reason at all" },
            ["a resource that only one has must have its type"],
        ],
    ])("with %s is refused", (_, difference, faults) => {
        expect(() => readListed(file(difference), "staging", "prod")).toThrow(
            [
                "promotion/differences.yaml is wrong:",
                ...faults.map((fault) => `  promotions[0].differences[0] ${fault}`),
            ].join("\n"),
        );
    });

    test.each([
        ["promotions: [", /promotion\/differences\.yaml is wrong/],
        ["a: 1", /must be a list under promotions/],
        ["promotions: [{ from: a }]", /promotions\[0\] must have from, to and differences/],
    ])("%s is refused", (text, message) => {
        expect(() => readListed(text, "staging", "prod")).toThrow(message);
    });
});
