import { unavoidable } from "../../../bench/parts/unavoidable";
import { Azure } from "../../../sandbox/azure/azure";
import { ManualClock } from "../../../sandbox/azure/clock";
import { ancestorId } from "../../../sandbox/azure/ids";
import { refusal } from "../../../sandbox/azure/refusal";
import type { ResourceType } from "../../../sandbox/azure/resource-type";

const inGroup = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers";
const plain = { forceNew: [], immutable: [], rules: [], outputs: () => ({}) };
const token = (kind: string): string => `azure-native:test:${kind}`;
const group = "azure-native:resources:ResourceGroup";

const types: readonly ResourceType[] = [
    { ...plain, token: group, path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}" },
    {
        ...plain,
        token: token("Identity"),
        path: `${inGroup}/Microsoft.Test/identities/{name}`,
        outputs: () => ({ principalId: "5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11" }),
    },
    { ...plain, token: token("Role"), path: `${inGroup}/Microsoft.Test/roles/{name}` },
    { ...plain, token: token("Note"), path: `${inGroup}/Microsoft.Test/notes/{name}` },
    {
        ...plain,
        token: token("House"),
        path: `${inGroup}/Microsoft.Test/houses/{name}`,
        rules: [
            {
                on: ["create"],
                source: "",
                refuse: ({ azure }) =>
                    azure.list(token("Role")).length === 0 ? refusal(403, "NoRole", "The role is missing.") : undefined,
            },
        ],
    },
    {
        ...plain,
        token: token("Room"),
        path: `${inGroup}/Microsoft.Test/houses/{houseName}/rooms/{name}`,
        exclusiveOn: (id) => ancestorId(id, 1),
    },
];
const seconds: Record<string, number> = { ResourceGroup: 1, Identity: 5, Role: 100, House: 400, Room: 200, Note: 50 };
const secondsOf = (type: string): number => seconds[type.split(":").at(-1) ?? ""] ?? 0;

async function made(...what: [kind: string, name: string, more?: object][]): Promise<Azure> {
    const azure = Azure.open({ store: ":memory:", clock: new ManualClock(), types });
    await azure.put(group, { resourceGroupName: "rg" });
    for (const [kind, name, more] of what) await azure.put(token(kind), { resourceGroupName: "rg", name, ...more });
    return azure;
}
const told = (azure: Azure): string => {
    const { seconds: sum, steps } = unavoidable(azure, secondsOf);
    return `${sum} s: ${steps.map(({ id }) => id.split("/").at(-1) ?? "").join(", ")}`;
};

test("what is refused without another comes after it, by rules of Azure and not of the program", async () => {
    expect(told(await made(["Note", "note"], ["Role", "role"], ["House", "house"]))).toBe("501 s: rg, role, house");
});

test("what asks for a value that Azure makes up comes after what tells it", async () => {
    const principalId = "5d7a1a52-7f3c-4d86-9a3e-0c3b8f2f6e11";
    expect(told(await made(["Identity", "identity"], ["Note", "note", { about: { principalId } }]))).toBe(
        "56 s: rg, identity, note",
    );
    expect(told(await made(["Identity", "identity"], ["Note", "note"]))).toBe("51 s: rg, note");
});

test("writes that exclude each other come one after the other", async () => {
    const rooms = ["a", "b", "c"].map((name): [string, string, object] => ["Room", name, { houseName: "house" }]);
    expect(told(await made(["Role", "role"], ["House", "house"], ...rooms))).toBe("1101 s: rg, role, house, a, b, c");
});

test("a resource that is refused as it stands cannot be judged, and that is said", async () => {
    const azure = await made(["Role", "role"], ["House", "house"]);
    azure.remove(azure.list(token("Role"))[0]?.id ?? "");
    expect(() => unavoidable(azure, secondsOf)).toThrow(/houses\/house cannot be judged.*The role is missing/);
});
