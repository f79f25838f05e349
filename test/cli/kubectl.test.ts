import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Azure } from "../../sandbox/azure/azure";
import { clusterToken } from "../../sandbox/kubernetes/azure-facts";
import { ControlPlanes } from "../../sandbox/kubernetes/control-planes";
import {
    compiledSupervisor,
    kubernetesPrograms,
    partsToInstall,
    startTimeoutMs,
} from "../sandbox/kubernetes/control-plane";
import { Home } from "./command";

jest.setTimeout(startTimeoutMs);

const adminGroup = "55555555-5555-4555-8555-555555555555";
const stranger = "group:99999999-9999-4999-8999-999999999999";

describe("kubectl, for a cluster of dev", () => {
    const home = new Home();

    /** Opens the sandbox's Azure as a command does, and settles what follows from the change. */
    async function inAzure(change: (azure: Azure) => void): Promise<void> {
        const folder = join(home.folder, "sandbox");
        mkdirSync(folder, { recursive: true });
        const azure = Azure.open({ store: join(folder, "azure.db") });
        const compiled = dirname(await compiledSupervisor());
        const planes = new ControlPlanes(azure, {
            folder,
            compiled,
            ...partsToInstall(),
        });
        change(azure);
        await planes.close();
        azure.close();
    }

    beforeAll(() =>
        inAzure((azure) => {
            azure.foresee(clusterToken, {
                ...{
                    resourceGroupName: "rg-test",
                    resourceName: "aks-test",
                    location: "swedencentral",
                    dnsPrefix: "test",
                },
                tags: { environment: "dev" },
                aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: [adminGroup] },
                apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false },
            });
        }),
    );
    afterAll(async () => {
        await inAzure((azure) => {
            for (const { id } of azure.list(clusterToken)) azure.remove(id);
        });
        home.remove();
    });

    test("acts as an admin, and as another where that is asked for", async () => {
        expect(await home.succeed("kubectl", "dev", "--", "get", "namespaces")).toMatch(/^kube-system +Active/m);
        const whoami = await home.succeed("kubectl", "dev", "--", "auth", "whoami");
        expect(whoami).toContain(`[${adminGroup} system:authenticated]`);
        const { code, stderr } = await home.run(["kubectl", "dev", "--as", stranger, "--", "get", "pods"]);
        expect(code).toBe(1);
        expect(stderr).toContain("User does not have access to the resource in Azure");
    });

    test("ends with the code that kubectl ends with", async () => {
        const { code, stderr } = await home.run(["kubectl", "dev", "--", "get", "pod", "none"]);
        expect([code, stderr]).toEqual([1, expect.stringContaining('pods "none" not found')]);
    });

    test("works without us by a kubeconfig that holds no secret", async () => {
        const file = (await home.succeed("kubeconfig", "dev")).trim();
        const asked = ["--kubeconfig", file, "get", "--raw", "/version"];
        const env = { PATH: process.env.PATH, HOME: home.folder };
        const said = execFileSync(join(kubernetesPrograms(), "kubectl"), asked, { env, encoding: "utf8" });
        expect(said).toContain('"gitVersion": "v1.34.1"');
        const shown = execFileSync(
            join(kubernetesPrograms(), "kubectl"),
            ["--kubeconfig", file, "config", "view", "--raw"],
            {
                ...{ env, encoding: "utf8" },
            },
        );
        expect(shown).not.toMatch(/client-key|client-certificate|token:|password/);
    });

    test("knows whom it may act as", async () => {
        expect(await home.succeed("identities")).toMatch(new RegExp(`^admin +\\S+ +in ${adminGroup}`, "m"));
        const { code, stderr } = await home.run(["kubectl", "dev", "--as", "nobody", "--", "get", "pods"]);
        expect([code, stderr]).toEqual([
            1,
            expect.stringContaining('directory has no "nobody". It has: admin, group:OBJECT-ID'),
        ]);
    });

    test("says where there is no cluster", async () => {
        const { code, stderr } = await home.run(["kubectl", "prod", "--", "get", "pods"]);
        expect([code, stderr]).toEqual([1, expect.stringContaining("prod has no cluster in the sandbox: `npm start`")]);
    });
});
