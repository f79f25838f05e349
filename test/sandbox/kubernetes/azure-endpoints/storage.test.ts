import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StorageFacts } from "../../../../sandbox/kubernetes/azure-endpoints/storage-facts";
import { mayDo } from "../../../../sandbox/kubernetes/azure-endpoints/storage-rights";
import { sandboxFiles } from "../../../../sandbox/kubernetes/identity/places";
import { annotation } from "../../../../sandbox/kubernetes/nodes/node-object";
import { startTimeoutMs } from "../control-plane";
import { LocalCluster, scorerIdentity } from "../local-pods/cluster";

jest.setTimeout(startTimeoutMs);

const accounts = "/subscriptions/s/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts";
const containerOf = (account: string, name: string): string =>
    `${accounts}/${account}/blobServices/default/containers/${name}`;
const { principalId } = scorerIdentity;
const storage: StorageFacts = {
    accounts: [`${accounts}/strecords`, `${accounts}/stwork`],
    containers: [
        containerOf("strecords", "models"),
        containerOf("strecords", "ledger"),
        containerOf("stwork", "team-labels"),
    ],
    roleAssignments: [
        { principalId, role: "storageBlobDataReader", scope: containerOf("strecords", "models") },
        { principalId, role: "storageBlobDataContributor", scope: containerOf("stwork", "team-labels") },
    ],
};

test.each([
    ["GET", "strecords", "models", true],
    ["HEAD", "strecords", "models", true],
    ["PUT", "strecords", "models", false],
    ["GET", "strecords", "ledger", false],
    ["GET", "strecords", undefined, false],
    ["PUT", "stwork", "team-labels", true],
    ["DELETE", "stwork", "team-labels", true],
    ["GET", "stwork", "other-labels", false],
] as const)("%s in %s/%s by roles at containers: %s", (method, account, name, allowed) => {
    const request = { service: "blob" as const, method, account: `${accounts}/${account}` };
    expect(mayDo(principalId, { ...request, ...(name !== undefined && { name }) }, storage)).toBe(allowed);
    expect(mayDo("somebody", { ...request, ...(name !== undefined && { name }) }, storage)).toBe(false);
});

describe("a pod with workload identity", () => {
    const cluster = new LocalCluster({ storage });
    const upload = (path: string): string => join(sandboxFiles(cluster.control.sandbox).uploads, path);

    beforeAll(async () => {
        const file = upload("strecords/models/detector/1.bin");
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, "weights");
        await cluster.deploy("reads", {}, 1, "scorer");
        await cluster.until("what was laid down is taken", () => !existsSync(file));
    });

    async function ask(method: string, url: string, body = ""): Promise<{ status: number; text: string }> {
        const ports = (await cluster.pod("reads")).metadata?.annotations?.[annotation.ports] ?? "{}";
        const port = (JSON.parse(ports) as Record<string, number>)["8000"] ?? 0;
        const query = new URLSearchParams({ method, url, body });
        return (await (await fetch(`http://127.0.0.1:${port}/storage?${query.toString()}`)).json()) as {
            status: number;
            text: string;
        };
    }

    test("reads a model under Azure's own address, and may write none", async () => {
        const model = "https://strecords.blob.core.windows.net/models/detector/1.bin";
        expect(await ask("GET", model)).toEqual({ status: 200, text: "weights" });
        const refused = await ask("PUT", model, "others");
        expect(refused.status).toBe(403);
        expect(refused.text).toContain("AuthorizationPermissionMismatch");
        expect((await ask("GET", "https://strecords.blob.core.windows.net/ledger/1")).status).toBe(403);
    });

    test("writes what it has predicted, and finds it again", async () => {
        const part = "https://stwork.blob.core.windows.net/team-labels/predicted/part-00000.csv";
        expect((await ask("PUT", part, "a,b")).status).toBe(201);
        expect(await ask("GET", part)).toEqual({ status: 200, text: "a,b" });
    });

    test("meets no account that is not there", async () => {
        expect((await ask("GET", "https://stnobody.blob.core.windows.net/models/1")).status).toBe(404);
    });
});
