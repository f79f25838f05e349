import { InstantClock, QuietClock, ScaledClock } from "../../sandbox/azure/clock";
import type { Azure } from "../../sandbox/azure/azure";
import type { Properties } from "../../sandbox/azure/resource-type";
import type { Schema } from "../../sandbox/azure/schema";
import { inputs, openWidgets, root, safeId, tokens } from "./widgets";

async function withSafe(): Promise<ReturnType<typeof openWidgets>> {
    const opened = openWidgets();
    await opened.azure.put(tokens.group, inputs.group);
    await opened.azure.put(tokens.safe, { ...inputs.safe, metal: "iron", colour: "grey", sku: { name: "S" } });
    return opened;
}

test("answers a PUT with the id, what was asked and what Azure computes", async () => {
    const { azure } = openWidgets();
    await azure.put(tokens.group, inputs.group);
    const stored = await azure.put(tokens.safe, { ...inputs.safe, door: { hinges: 2 } });
    expect(stored.id).toBe(safeId);
    expect(stored.outputs).toMatchObject({
        id: safeId,
        name: "alpha",
        type: "Microsoft.Test/safes",
        provisioningState: "Succeeded",
        metal: "steel",
        door: { hinges: 2, open: false },
    });
    expect(azure.get(safeId.toUpperCase())?.id).toBe(safeId);
});

test("what extends a resource of another subscription is taken on trust", async () => {
    const scope =
        "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/hub/providers/Microsoft.Test/safes/s";
    const { azure } = openWidgets();
    const { id } = await azure.put(tokens.lock, { scope, lockName: "l", level: "CanNotDelete" });
    expect(id).toBe(`${scope}/providers/Microsoft.Authorization/locks/l`);
});

describe("refuses a request with Azure's code:", () => {
    const elsewhere = { ...inputs.safe, subscriptionId: "99999999-9999-4999-8999-999999999999" };
    test.each<[string, string, Properties, string]>([
        ["a type it does not know", "azure-native:test:Unheard", {}, "SandboxUnknownResourceType"],
        ["no name", tokens.safe, { resourceGroupName: "rg" }, "InvalidRequestUri"],
        ["another subscription", tokens.safe, elsewhere, "SubscriptionNotFound"],
        ["no such group", tokens.safe, { ...inputs.safe, resourceGroupName: "nope" }, "ResourceGroupNotFound"],
        ["no such parent", tokens.drawer, { ...inputs.drawer, safeName: "beta" }, "ParentResourceNotFound"],
        [
            "no such scope",
            tokens.lock,
            { scope: `${root}/providers/Microsoft.Test/safes/beta`, lockName: "l" },
            "ResourceNotFound",
        ],
        ["a bad name", tokens.safe, { ...inputs.safe, safeName: "Not-Good" }, "BadSafeName"],
        ["a name taken by someone else", tokens.safe, { ...inputs.safe, safeName: "taken" }, "NameNotAvailable"],
        [
            "a name taken in another group",
            tokens.safe,
            { resourceGroupName: "other", safeName: "alpha" },
            "NameNotAvailable",
        ],
        ["a property that is fixed", tokens.safe, { ...inputs.safe, metal: "gold" }, "MetalIsFixed"],
        ["the type's own rule", tokens.safe, { ...inputs.safe, safeName: "gamma", colour: "pink" }, "NoPinkSafes"],
    ])("%s", async (_, token, asked, code) => {
        const { azure } = await withSafe();
        await azure.put(tokens.group, { ...inputs.group, resourceGroupName: "other" });
        azure.take(tokens.safe, "Taken");
        await expect(azure.put(token, asked)).rejects.toMatchObject({ code });
    });
});

test("a part that is always there needs no record before its children are made", async () => {
    const { azure } = await withSafe();
    await expect(azure.put(tokens.drawer, inputs.drawer)).resolves.toMatchObject({
        id: `${safeId}/settings/default/drawers/top`,
    });
});

test("asking for what Azure had filled in itself is no change of a fixed property", async () => {
    const { azure } = openWidgets();
    await azure.put(tokens.group, inputs.group);
    await azure.put(tokens.safe, inputs.safe);
    await expect(azure.put(tokens.safe, { ...inputs.safe, metal: "steel" })).resolves.toMatchObject({ id: safeId });
});

describe("locks", () => {
    async function locked(level: string, scope: string): Promise<Azure> {
        const { azure } = await withSafe();
        await azure.put(tokens.lock, { scope, lockName: "keep", level });
        return azure;
    }

    test.each([
        ["the resource itself", safeId],
        ["its group", root],
    ])("CanNotDelete on %s keeps it from being deleted, and from nothing else", async (_, scope) => {
        const azure = await locked("CanNotDelete", scope);
        await expect(azure.delete(safeId)).rejects.toMatchObject({ status: 409, code: "ScopeLocked" });
        await expect(azure.put(tokens.safe, { ...inputs.safe, metal: "iron" })).resolves.toBeDefined();
    });

    test("a locked resource keeps its group", async () => {
        const azure = await locked("CanNotDelete", safeId);
        await expect(azure.delete(root)).rejects.toMatchObject({ code: "ScopeLocked" });
    });

    test("ReadOnly keeps a resource from being changed", async () => {
        const azure = await locked("ReadOnly", safeId);
        const change = azure.put(tokens.safe, { ...inputs.safe, metal: "iron", colour: "red" });
        await expect(change).rejects.toMatchObject({ code: "ScopeLocked" });
    });

    test("a lifted lock no longer binds", async () => {
        const azure = await locked("CanNotDelete", safeId);
        await azure.delete(`${safeId}/providers/Microsoft.Authorization/locks/keep`);
        await azure.delete(safeId);
        expect(azure.get(safeId)).toBeUndefined();
    });
});

describe("deletes", () => {
    test("a group goes with everything in it", async () => {
        const { azure } = await withSafe();
        await azure.put(tokens.drawer, inputs.drawer);
        await azure.delete(root);
        expect(azure.list()).toEqual([]);
    });

    test("what is not there counts as deleted", async () => {
        const { azure } = openWidgets();
        await expect(azure.delete(safeId)).resolves.toBeUndefined();
    });

    test("a network that something refers to stays", async () => {
        const { azure } = await withSafe();
        const { id } = await azure.put(tokens.net, inputs.net);
        await azure.put(tokens.safe, { ...inputs.safe, metal: "iron", wall: { id } });
        await expect(azure.delete(id)).rejects.toMatchObject({ code: "InUseVirtualNetworkCannotBeDeleted" });
        await azure.delete(root); // both go together
        expect(azure.list()).toEqual([]);
    });

    test("a soft-deleted name is held until its days are over, unless it is recovered", async () => {
        const { azure, clock } = await withSafe();
        await azure.delete(safeId);
        expect(azure.softDeleted(tokens.safe)).toHaveLength(1);
        await expect(azure.put(tokens.safe, inputs.safe)).rejects.toMatchObject({ code: "ConflictError" });
        await azure.put(tokens.safe, { ...inputs.safe, createMode: "recover" });
        expect(azure.softDeleted(tokens.safe)).toEqual([]);
        await azure.delete(safeId);
        clock.advance(7 * 86_400 + 1);
        await expect(azure.put(tokens.safe, inputs.safe)).resolves.toBeDefined();
    });
});

describe("one write at a time", () => {
    async function drawing(): Promise<{ azure: Azure; top: Promise<unknown> }> {
        const { azure } = openWidgets({ clock: new InstantClock() });
        await azure.put(tokens.group, inputs.group);
        await azure.put(tokens.safe, inputs.safe);
        return { azure, top: azure.put(tokens.drawer, inputs.drawer) };
    }

    test("a second write below the same parent is refused while the first runs", async () => {
        const { azure, top } = await drawing();
        const second = azure.put(tokens.drawer, { ...inputs.drawer, drawerName: "low" });
        await expect(second).rejects.toMatchObject({ status: 409, code: "AnotherOperationInProgress" });
        await expect(azure.put(tokens.safe, inputs.safe)).rejects.toMatchObject({ code: "AnotherOperationInProgress" });
        expect(azure.inProgress(safeId)).toHaveLength(1);
        await top;
        await azure.put(tokens.drawer, { ...inputs.drawer, drawerName: "low" });
    });

    test("a running write shows in the state of the resource", async () => {
        const { azure, top } = await drawing();
        const id = `${safeId}/settings/default/drawers/top`;
        expect(azure.get(id)?.outputs.provisioningState).toBe("Creating");
        await top;
        expect(azure.get(id)?.outputs.provisioningState).toBe("Succeeded");
    });

    test("nothing can be made in a group that is on its way out", async () => {
        const { azure, top } = await drawing();
        await top;
        const leaving = azure.delete(root);
        await expect(azure.put(tokens.net, inputs.net)).rejects.toMatchObject({ code: "ResourceGroupBeingDeleted" });
        await leaving;
    });
});

describe("a role", () => {
    const assignment = (scope: string): Properties => ({
        ...{ scope, name: "r", principalId: "p" },
        roleDefinitionId: "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/ROLE",
    });

    test("works a minute after its assignment, at its scope and below", async () => {
        const { azure, clock } = await withSafe();
        await azure.put(tokens.role, assignment(root));
        expect(azure.hasRole("p", ["role"], safeId)).toBe(false);
        clock.advance(60);
        expect(azure.hasRole("p", ["role"], safeId)).toBe(true);
        expect(azure.hasRole("p", ["other"], safeId)).toBe(false);
        expect(azure.hasRole("q", ["role"], safeId)).toBe(false);
        expect(azure.hasRole("p", ["role"], "/subscriptions/11111111-1111-4111-8111-111111111111")).toBe(false);
    });

    test("takes real time even on the instant clock", async () => {
        const { azure } = openWidgets({ clock: new InstantClock() });
        await azure.put(tokens.group, inputs.group);
        await azure.put(tokens.role, assignment(root));
        expect(azure.hasRole("p", ["role"], root)).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(azure.hasRole("p", ["role"], root)).toBe(true);
    });
});

describe("time", () => {
    test("a scaled clock plays the published durations", async () => {
        const { azure } = openWidgets({ clock: new ScaledClock(0.01) });
        const before = [azure.now(), performance.now()] as const;
        await azure.put(tokens.group, inputs.group); // 2 s as published
        expect(azure.now() - before[0]).toBeGreaterThanOrEqual(1900);
        expect(performance.now() - before[1]).toBeLessThan(1000);
    });

    test("operations side by side on the instant clock take as long as the slowest", async () => {
        const { azure } = openWidgets({ clock: new InstantClock() });
        await azure.put(tokens.group, inputs.group);
        const before = azure.now();
        const names = ["one", "two", "three", "four"];
        await Promise.all(names.map((netName) => azure.put(tokens.net, { ...inputs.net, netName })));
        // 5 s each where nothing is listed; time between the calls passes too.
        expect(azure.now() - before).toBeLessThan(10_000 + 5000);
    });

    test("on the quiet clock, only Azure's operations take time: what asks for them may compute as long as it likes", async () => {
        const clock = new QuietClock();
        const { azure } = openWidgets({ clock });
        const before = clock.now();
        await azure.put(tokens.group, inputs.group); // 2 s as published
        await Promise.all(
            ["one", "two"].map(async (netName) => {
                await new Promise((resolve) => setTimeout(resolve, 30));
                await azure.put(tokens.net, { ...inputs.net, netName }); // 5 s each where nothing is listed
            }),
        );
        expect(clock.now() - before).toBe(7000);
    });

    test("how long operations take can be given", async () => {
        const clock = new QuietClock();
        const { azure } = openWidgets({ clock, durations: () => ({ create: 11, update: 1, delete: 1 }) });
        const before = clock.now();
        await azure.put(tokens.group, inputs.group);
        expect(clock.now() - before).toBe(11_000);
    });

    test("a cancel ends the waiting, and Azure carries on", async () => {
        const { azure } = openWidgets({ clock: new ScaledClock(0.1) });
        const made = azure.put(tokens.group, inputs.group); // 2 s as published, 0.2 s here
        azure.cancel();
        await expect(made).rejects.toMatchObject({ name: "LostConnection", accepted: true, readable: true });
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(azure.get(root)?.outputs.provisioningState).toBe("Succeeded");
    });

    test("a client that gives up leaves Azure to finish", async () => {
        const { azure, clock } = await withSafe();
        const created = azure.put(tokens.net, inputs.net, { timeoutSeconds: 1 });
        await expect(created).rejects.toMatchObject({ name: "LostConnection", accepted: true, readable: true });
        clock.advance(60);
        expect(azure.get(`${root}/providers/Microsoft.Network/virtualNetworks/net`)?.outputs.provisioningState).toBe(
            "Succeeded",
        );
    });
});

describe("drift", () => {
    test("a property changed elsewhere shows in the next GET, past every rule", async () => {
        const { azure } = await withSafe();
        azure.set(safeId, "metal", "gold");
        azure.set(safeId, "door.open", true);
        azure.set(safeId, "colour", undefined);
        expect(azure.get(safeId)?.outputs).toMatchObject({ metal: "gold", door: { open: true } });
        expect(azure.get(safeId)?.outputs).not.toHaveProperty("colour");
    });

    test("a resource taken away elsewhere is gone with its children", async () => {
        const { azure } = await withSafe();
        await azure.put(tokens.drawer, inputs.drawer);
        azure.remove(safeId);
        expect(azure.list().map(({ id }) => id)).toEqual([root]);
    });
});

test("names every fault of a request's shape at once", async () => {
    const schema: Schema = {
        ...{ packageVersion: "1", format: 1, types: { "t.Door": { width: { type: "number", required: true } } } },
        resources: {
            [tokens.safe]: {
                apiVersion: "2026-01-01",
                outputs: ["name", "metal"],
                inputs: {
                    resourceGroupName: { type: "string", required: true },
                    safeName: { type: "string" },
                    metal: { type: "string", values: ["iron", "steel"] },
                    tier: { type: "string", values: ["Low", "High"], open: true },
                    doors: { type: "array", items: { type: "ref", ref: "t.Door" } },
                    tags: { type: "map", items: { type: "string" } },
                },
            },
        },
    };
    const { azure } = openWidgets({ schema });
    await azure.put(tokens.group, inputs.group);
    const bad = {
        safeName: "alpha",
        Metal: "iron",
        metal: "gold",
        doors: [{ width: "1" }, {}],
        tags: { a: 1 },
        tier: "low",
    };
    const refused = (await azure.put(tokens.safe, bad).catch((fault: unknown) => fault)) as {
        code: string;
        reason: string;
    };
    expect(refused.code).toBe("InvalidRequestContent");
    expect(refused.reason.split("; ").sort()).toEqual(
        [
            "'doors[0].width' must be a number, got \"1\"",
            "'metal' must be one of iron, steel, got \"gold\"",
            "'tags.a' must be a string, got 1",
            "azure-native:test:Safe (API version 2026-01-01): missing required property 'resourceGroupName'",
            "did you mean 'metal'?",
            "missing required property 'doors[1].width'",
            "'Metal' is not a property of the API",
        ].sort(),
    );
    const stored = await azure.put(tokens.safe, { ...inputs.safe, tier: "low" });
    expect(stored.outputs).toEqual({ id: safeId, name: "alpha", metal: "steel" });
});
