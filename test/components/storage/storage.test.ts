import { recordContainers, workContainers } from "../../../components/storage/containers";
import { featureFaults, type StorageFeatures } from "../../../components/storage/features";
import { Storage, type StorageArgs } from "../../../components/storage/storage";
import { all, only, runHook, value } from "../../mocks";
import { key, place, privateLink } from "../place";

const features: StorageFeatures = {
    ...{ services: ["blob", "file", "queue"], redundancy: "ZRS", containers: workContainers, softDeleteDays: 14 },
    ...{ versioning: true, changeFeed: true },
};
const args = (more: Partial<StorageArgs> = {}): StorageArgs => ({
    ...{ ...place, ...features, instance: "work", key },
    privateLink: privateLink("blob", "file", "queue", "table", "dfs"),
    ...more,
});
const built = async (more: Partial<StorageArgs> = {}): Promise<Storage> => {
    const storage = new Storage("work", args(more));
    await Promise.all([...Object.values(storage.endpoints), ...Object.values(storage.containerIds)].map(value));
    return storage;
};
const token = "storage:StorageAccount";

test("has no keys to steal, no way in from outside and our key on everything", async () => {
    await built();
    expect(only(token).inputs).toMatchObject({
        accountName: expect.stringMatching(/^stmlpdevwork[0-9a-z]{4}1$/) as string,
        ...{ kind: "StorageV2", sku: { name: "Standard_ZRS" } },
        ...{ allowSharedKeyAccess: false, allowBlobPublicAccess: false, isLocalUserEnabled: false },
        ...{ publicNetworkAccess: "Disabled", networkRuleSet: { defaultAction: "Deny", bypass: "None" } },
        ...{ minimumTlsVersion: "TLS1_2", enableHttpsTrafficOnly: true },
        identity: { type: "UserAssigned", userAssignedIdentities: ["/identity"] },
        encryption: {
            keySource: "Microsoft.Keyvault",
            requireInfrastructureEncryption: true,
            encryptionIdentity: { encryptionUserAssignedIdentity: "/identity" },
        },
    });
});

test("lets Azure's own services in only for a user that has no other way", async () => {
    await built({ trustsAzureServices: true });
    expect(only(token).inputs).toMatchObject({
        ...{ publicNetworkAccess: "Disabled", networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" } },
    });
});

test("follows the rotation of its key, queues and tables too", async () => {
    await built();
    const { encryption } = only(token).inputs as { encryption: Record<string, unknown> };
    expect(encryption.keyVaultProperties).toEqual({ keyName: "k", keyVaultUri: "https://kv.vault.azure.net/" });
    const account = { enabled: true, keyType: "Account" };
    expect(encryption.services).toEqual({ blob: account, file: account, queue: account, table: account });
});

test("what is deleted can be had back, and versions do not pile up", async () => {
    await built();
    const kept = { enabled: true, days: 14 };
    expect(only("storage:BlobServiceProperties").inputs).toMatchObject({
        ...{ deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept },
        ...{ isVersioningEnabled: true, changeFeed: { enabled: true } },
    });
    expect(only("storage:FileServiceProperties").inputs).toMatchObject({
        shareDeleteRetentionPolicy: kept,
        protocolSettings: { smb: { versions: "SMB3.1.1", authenticationMethods: "Kerberos" } },
    });
    const { policy } = only("storage:ManagementPolicy").inputs as { policy: { rules: object[] } };
    expect(policy.rules).toEqual([
        expect.objectContaining({ name: "datasets" }),
        expect.objectContaining({ name: "images" }),
        {
            ...{ name: "predictions", type: "Lifecycle", enabled: true },
            definition: {
                actions: {
                    baseBlob: {
                        tierToCool: { daysAfterModificationGreaterThan: 30 },
                        delete: { daysAfterModificationGreaterThan: 365 },
                    },
                },
                filters: { blobTypes: ["blockBlob"], prefixMatch: ["predictions/"] },
            },
        },
        expect.objectContaining({
            ...{ name: "versions", type: "Lifecycle", enabled: true },
            definition: {
                actions: { version: { delete: { daysAfterCreationGreaterThan: 30 } } },
                filters: { blobTypes: ["blockBlob"] },
            },
        }),
    ]);
});

test("rules on versions come after versioning is on", async () => {
    await built();
    const { dependsOn } = only("storage:ManagementPolicy").options;
    expect(dependsOn.some((urn) => urn.includes("BlobServiceProperties"))).toBe(true);
});

test("each service used has its endpoint, made one after the other, or Azure answers StorageAccountOperationInProgress", async () => {
    const storage = await built();
    expect(Object.keys(storage.endpoints)).toEqual(["blob", "file", "queue"]);
    const links = all("mlplatform:network:PrivateLink");
    expect(links.map(({ name }) => name)).toEqual(["work-blob", "work-file", "work-queue"]);
    for (const [index, { options }] of links.entries())
        if (index > 0) {
            const before = `network:PrivateDnsZoneGroup::${links[index - 1]?.name ?? ""}`;
            expect(options.dependsOn.some((urn) => urn.endsWith(before))).toBe(true);
        }
    await expect(value(storage.endpoints.queue ?? (Promise.reject(new Error("none")) as never))).resolves.toMatch(
        /\.queue\.core/,
    );
});

test("containers hold what the platform works with, closed to the public", async () => {
    const storage = await built();
    expect(Object.keys(storage.containerIds)).toEqual(["datasets", "images", "labels", "predictions"]);
    for (const { inputs } of all("storage:BlobContainer")) expect(inputs.publicAccess).toBe("None");
});

describe("models and ledger", () => {
    const records: Partial<StorageArgs> = {
        ...{ containers: recordContainers, services: ["blob"] },
        immutability: { retentionDays: 365, locked: false },
    };

    test("cannot be changed, by a policy that can still be taken away", async () => {
        await built(records);
        expect(only(token).inputs.immutableStorageWithVersioning).toEqual({
            enabled: true,
            immutabilityPolicy: {
                immutabilityPeriodSinceCreationInDays: 365,
                state: "Unlocked",
                allowProtectedAppendWrites: true,
            },
        });
    });

    test("cannot be locked with a new account: locking is a change of its own, as there is no way back", async () => {
        await built({ ...records, immutability: { retentionDays: 365, locked: true } });
        const { inputs } = only(token);
        await expect(runHook("work-locked-creation", { newInputs: inputs })).rejects.toThrow(
            "immutabilityPolicy.state must be Unlocked when the account is made, got Locked",
        );
    });

    test("once made, can be locked", async () => {
        await built(records);
        const { inputs } = only(token);
        await runHook("work-locked-creation", { newInputs: inputs });
        const locked = {
            enabled: true,
            immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 365, state: "Locked" },
        };
        await runHook("work-frozen", {
            oldInputs: inputs,
            newInputs: { ...inputs, immutableStorageWithVersioning: locked },
        });
    });

    test.each<[string, object]>([
        ["made shorter", { immutabilityPeriodSinceCreationInDays: 30, state: "Locked" }],
        ["unlocked", { immutabilityPeriodSinceCreationInDays: 365, state: "Unlocked" }],
        ["opened", { immutabilityPeriodSinceCreationInDays: 365, state: "Locked", allowProtectedAppendWrites: false }],
    ])("a locked policy cannot be %s", async (_, immutabilityPolicy) => {
        await built(records);
        const { inputs } = only(token);
        const policy = {
            immutabilityPeriodSinceCreationInDays: 365,
            state: "Locked",
            allowProtectedAppendWrites: true,
        };
        const withPolicy = (one: object): object => ({
            ...inputs,
            immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: one },
        });
        const call = { oldInputs: withPolicy(policy), newInputs: withPolicy(immutabilityPolicy) };
        await expect(runHook("work-locked-policy", call)).rejects.toThrow("is locked");
        const longer = { ...policy, immutabilityPeriodSinceCreationInDays: 400 };
        await runHook("work-locked-policy", { oldInputs: withPolicy(policy), newInputs: withPolicy(longer) });
    });
});

describe("what Azure cannot change on an account is refused in the preview", () => {
    const services = { queue: { keyType: "Account" }, table: { keyType: "Account" } };
    const before = {
        ...{ location: "swedencentral", kind: "StorageV2", sku: { name: "Standard_ZRS" }, isHnsEnabled: false },
        encryption: { requireInfrastructureEncryption: true, services },
    };

    test.each<[string, object]>([
        ["location", { location: "westeurope" }],
        ["kind", { kind: "BlockBlobStorage" }],
        ["sku.name", { sku: { name: "Standard_LRS" } }],
        ["isHnsEnabled", { isHnsEnabled: true }],
        [
            "encryption.requireInfrastructureEncryption",
            { encryption: { requireInfrastructureEncryption: false, services } },
        ],
        [
            "encryption.services.queue.keyType",
            { encryption: { ...before.encryption, services: { ...services, queue: { keyType: "Service" } } } },
        ],
        [
            "encryption.services.table.keyType",
            { encryption: { ...before.encryption, services: { ...services, table: { keyType: "Service" } } } },
        ],
        ["immutableStorageWithVersioning.enabled", { immutableStorageWithVersioning: { enabled: true } }],
    ])("%s", async (path, change) => {
        await built();
        const call = { oldInputs: before, newInputs: { ...before, ...change } };
        await expect(runHook("work-frozen", call)).rejects.toThrow(`work: ${path} cannot change in place`);
    });
});

describe("features that exclude each other are refused, all at once", () => {
    test.each<[string, Partial<StorageFeatures>, string]>([
        ["no service", { services: [], containers: [] }, "services must name at least one service, got none"],
        ["a service twice", { services: ["blob", "blob"] }, "services must name each service once, got blob, blob"],
        [
            "folders with versioning",
            { hierarchicalNamespace: true, changeFeed: false },
            "versioning and hierarchicalNamespace exclude",
        ],
        [
            "folders with a change feed",
            { hierarchicalNamespace: true, versioning: false },
            "changeFeed and hierarchicalNamespace exclude",
        ],
        [
            "dfs without folders",
            { services: ["blob", "dfs"] },
            "the service dfs needs hierarchicalNamespace, which is false",
        ],
        ["containers without blobs", { services: ["file"] }, "containers need the service blob"],
        [
            "immutability without versions",
            { versioning: false, immutability: { retentionDays: 1, locked: false } },
            "immutability needs versioning",
        ],
        [
            "immutability for no day",
            { immutability: { retentionDays: 0, locked: false } },
            "immutability.retentionDays must be a whole number",
        ],
        [
            "deleting what cannot be deleted",
            { immutability: { retentionDays: 365, locked: false } },
            'deleteAfterDays of "predictions" must be more than immutability.retentionDays 365, got 365',
        ],
        [
            "a soft delete without end",
            { softDeleteDays: 366 },
            "softDeleteDays must be a whole number from 1 to 365, got 366",
        ],
        [
            "a bad container",
            { containers: [{ name: "Data_Sets" }] },
            'name must be 3 to 63 of a-z, 0-9 and single hyphens, got "Data_Sets"',
        ],
        [
            "a container twice",
            { containers: [{ name: "data" }, { name: "data" }] },
            'name must be there once, got "data" again',
        ],
        [
            "deleting before cooling",
            { containers: [{ name: "data", coolAfterDays: 30, deleteAfterDays: 10 }] },
            'coolAfterDays of "data" must be less than deleteAfterDays, got 30 and 10',
        ],
    ])("%s", (_, more, message) => {
        expect(featureFaults({ ...features, ...more }).join("; ")).toContain(message);
        expect(() => new Storage("work", args(more))).toThrow(message);
    });

    test("all of them in one error", () => {
        const all = featureFaults({ ...features, services: ["dfs"], hierarchicalNamespace: true, softDeleteDays: 0 });
        expect(all).toHaveLength(5);
    });

    test("what goes together passes", () => {
        expect(featureFaults(features)).toEqual([]);
        const lake = {
            ...features,
            services: ["blob", "dfs"],
            hierarchicalNamespace: true,
            versioning: false,
        } as const;
        expect(featureFaults({ ...lake, changeFeed: false })).toEqual([]);
    });
});

test("a taken name is explained with the next one", async () => {
    const storage = await built();
    const errors = ['Code="StorageAccountAlreadyTaken" Message="The storage account named is already taken."'];
    const next = storage.accountName.replace(/1$/, "2");
    await expect(runHook("work-held-name", { errors })).rejects.toThrow(`set generation to 2, then it is ${next}`);
});
