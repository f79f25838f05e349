import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import type { AzureFacts, ClusterRole } from "../../../sandbox/kubernetes/azure-facts";
import { isAllowed } from "../../../sandbox/kubernetes/identity/authorization";
import { Directory } from "../../../sandbox/kubernetes/identity/directory";
import { sandboxFiles } from "../../../sandbox/kubernetes/identity/places";
import {
    aksServerApplicationId,
    claimsOf,
    signedToken,
    verifiedClaims,
} from "../../../sandbox/kubernetes/identity/tokens";
import {
    compiledSupervisor,
    startTimeoutMs,
    testAdminGroup,
    testClusterId,
    testFacts,
    testIssuerUrl,
    tokenConfig,
    useControlPlane,
} from "./control-plane";

jest.setTimeout(startTimeoutMs);

const team = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
const readers = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";
const nobody = "dddddddd-dddd-4ddd-8ddd-dddddddddddd";
const clientId = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee";
const principalId = "ffffffff-ffff-4fff-8fff-ffffffffffff";

const facts = testFacts({
    roleAssignments: [
        { principalId: team, role: "aksRbacWriter", scope: `${testClusterId}/namespaces/team-a` },
        { principalId: readers, role: "aksRbacReader", scope: testClusterId },
        { principalId, role: "aksRbacReader", scope: `${testClusterId}/namespaces/team-a` },
    ],
    identities: [
        {
            ...{ name: "id-scoring", clientId, principalId },
            federatedCredentials: [
                {
                    ...{ issuer: testIssuerUrl, subject: "system:serviceaccount:team-a:scoring" },
                    audiences: ["api://AzureADTokenExchange"],
                },
            ],
        },
    ],
});

describe("tokens", () => {
    const cluster = useControlPlane({}, facts);
    const core = (config: KubeConfig): CoreV1Api => config.makeApiClient(CoreV1Api);
    const keys = (): [string, string] => {
        const read = (kind: string): string =>
            readFileSync(join(sandboxFiles(cluster.sandbox).entra, `tokens.${kind}`), "utf8");
        return [read("key"), read("pub")];
    };
    const claims = (): ReturnType<typeof claimsOf> => {
        const directory = new Directory(cluster.sandbox);
        return claimsOf(directory.tokenFor(directory.find("admin")).token);
    };
    const withToken = (token: string): CoreV1Api => core(tokenConfig(cluster.plane, token));

    beforeAll(async () => {
        for (const name of ["team-a", "team-b"]) {
            await cluster.client(CoreV1Api).createNamespace({ body: { metadata: { name } } });
            const body = { metadata: { name: "own" }, stringData: { key: "value" } };
            await cluster.client(CoreV1Api).createNamespacedSecret({ namespace: name, body });
        }
        const body = { metadata: { name: "scoring" } };
        await cluster.client(CoreV1Api).createNamespacedServiceAccount({ namespace: "team-a", body });
    });

    test("let an admin group's member do everything", async () => {
        await core(cluster.as("admin")).listSecretForAllNamespaces();
        await core(cluster.as(`group:${testAdminGroup}`)).createNamespace({ body: { metadata: { name: "new" } } });
    });

    test("let nobody do anything whom neither Azure nor the cluster lets", async () => {
        const listing = core(cluster.as(`group:${nobody}`)).listNamespacedPod({ namespace: "team-a" });
        await expect(listing).rejects.toThrow(/Update role assignment to allow access/);
    });

    test("let a team work in its own namespace, and in no other", async () => {
        const as = core(cluster.as(`group:${team}`));
        await as.createNamespacedConfigMap({ namespace: "team-a", body: { metadata: { name: "made" } } });
        expect((await as.readNamespacedSecret({ namespace: "team-a", name: "own" })).data?.key).toBeDefined();
        const forbidden = { code: 403 };
        await expect(as.readNamespacedSecret({ namespace: "team-b", name: "own" })).rejects.toMatchObject(forbidden);
        await expect(as.listNamespacedPod({ namespace: "team-b" })).rejects.toMatchObject(forbidden);
        await expect(as.listPodForAllNamespaces()).rejects.toMatchObject(forbidden);
        await expect(as.listNode()).rejects.toMatchObject(forbidden);
        const exec = { namespace: "kube-system", name: "any" };
        await expect(as.connectPostNamespacedPodExec(exec)).rejects.toMatchObject(forbidden);
    });

    test("let a reader of the cluster see everything but secrets, and change nothing", async () => {
        const as = core(cluster.as(`group:${readers}`));
        await as.listPodForAllNamespaces();
        await expect(as.listSecretForAllNamespaces()).rejects.toMatchObject({ code: 403 });
        await expect(as.deleteNamespace({ name: "team-b" })).rejects.toMatchObject({ code: 403 });
    });

    test("count for the cluster's own roles too: names are object ids", async () => {
        const role = { metadata: { name: "pods" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }] };
        const rbac = cluster.client(RbacAuthorizationV1Api);
        await rbac.createNamespacedRole({ namespace: "team-b", body: role });
        await rbac.createNamespacedRoleBinding({
            namespace: "team-b",
            body: {
                metadata: { name: "pods" },
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "pods" },
                subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: nobody }],
            },
        });
        await core(cluster.as(`group:${nobody}`)).listNamespacedPod({ namespace: "team-b" });
    });

    test("follow Azure's role assignments without a restart", async () => {
        const newcomer = "99999999-9999-4999-8999-999999999999";
        const as = core(cluster.as(`group:${newcomer}`));
        await expect(as.listPodForAllNamespaces()).rejects.toMatchObject({ code: 403 });
        const assigned = { principalId: newcomer, role: "aksRbacReader", scope: testClusterId } as const;
        cluster.tell({ ...facts, roleAssignments: [...facts.roleAssignments, assigned] });
        await new Promise((done) => setTimeout(done, 1_500));
        await as.listPodForAllNamespaces();
        cluster.tell(facts);
    });

    test("that are forged, over, or made out for others are refused", async () => {
        const [privateKey, publicKey] = keys();
        const good = claims();
        const past = { ...good, nbf: good.nbf - 7200, iat: good.iat - 7200, exp: good.exp - 7200 };
        await withToken(signedToken(good, privateKey, publicKey)).listNamespace();
        const other = readFileSync(join(cluster.plane.folder, "pki", "service-accounts.key"), "utf8");
        const [header = "", , signature = ""] = signedToken(good, privateKey, publicKey).split(".");
        const swapped = Buffer.from(JSON.stringify({ ...good, groups: [team] })).toString("base64url");
        for (const token of [
            signedToken(past, privateKey, publicKey),
            signedToken(good, other, publicKey),
            `${header}.${swapped}.${signature}`,
            signedToken({ ...good, aud: "00000003-0000-0000-c000-000000000000" }, privateKey, publicKey),
            signedToken({ ...good, iss: "https://sts.windows.net/other/" }, privateKey, publicKey),
        ]) {
            await expect(withToken(token).listNamespace()).rejects.toMatchObject({ code: 401 });
        }
    });

    describe("by kubelogin", () => {
        const args = ["get-token", "--environment", "AzurePublicCloud", "--server-id", aksServerApplicationId];
        let script: string;
        beforeAll(async () => {
            script = join(dirname(await compiledSupervisor()), "identity", "kubelogin.js");
        });
        function tokenBy(env: NodeJS.ProcessEnv, more: readonly string[] = args): string {
            const options = { env: { PATH: process.env.PATH, ...env }, encoding: "utf8" } as const;
            const said = execFileSync(process.execPath, [script, cluster.sandbox, ...more], options);
            return (JSON.parse(said) as { status: { token: string } }).status.token;
        }
        function refused(env: NodeJS.ProcessEnv, more: readonly string[] = args): string {
            const options = { env: { PATH: process.env.PATH, ...env }, encoding: "utf8" } as const;
            const { status, stdout, stderr } = spawnSync(process.execPath, [script, cluster.sandbox, ...more], options);
            expect([status, stdout]).toEqual([1, ""]);
            return stderr;
        }
        async function serviceAccountToken(audience: string): Promise<string> {
            const { status } = await cluster.client(CoreV1Api).createNamespacedServiceAccountToken({
                ...{ namespace: "team-a", name: "scoring" },
                body: { spec: { audiences: [audience], expirationSeconds: 600 } },
            });
            const file = join(cluster.sandbox, "assertion");
            writeFileSync(file, status?.token ?? "");
            return file;
        }

        test("are the admin's where nothing is said, and another's where that is asked for", async () => {
            await withToken(tokenBy({})).listSecretForAllNamespaces();
            const reading = withToken(
                tokenBy({ MLPLATFORM_IDENTITY: `group:${readers}` }),
            ).listSecretForAllNamespaces();
            await expect(reading).rejects.toMatchObject({ code: 403 });
        });

        test("are a workload's for the token of the service account that its identity trusts", async () => {
            const workload = {
                ...{ AAD_LOGIN_METHOD: "workloadidentity", AZURE_CLIENT_ID: clientId },
                AZURE_FEDERATED_TOKEN_FILE: await serviceAccountToken("api://AzureADTokenExchange"),
            };
            const token = tokenBy(workload);
            expect(claimsOf(token)).toMatchObject({ oid: principalId, appid: clientId, aud: aksServerApplicationId });
            await withToken(token).listNamespacedPod({ namespace: "team-a" });
            await expect(withToken(token).listNamespacedPod({ namespace: "team-b" })).rejects.toMatchObject({
                code: 403,
            });
        });

        test("are nobody's for another audience, another subject or a forged token", async () => {
            const workload = { AAD_LOGIN_METHOD: "workloadidentity", AZURE_CLIENT_ID: clientId };
            const wrong = await serviceAccountToken("https://elsewhere.example");
            expect(refused({ ...workload, AZURE_FEDERATED_TOKEN_FILE: wrong })).toContain("AADSTS700213");
            const forged = await serviceAccountToken("api://AzureADTokenExchange");
            const [privateKey, publicKey] = keys();
            writeFileSync(forged, signedToken(claimsOf(readFileSync(forged, "utf8")), privateKey, publicKey));
            expect(refused({ ...workload, AZURE_FEDERATED_TOKEN_FILE: forged })).toContain("not its issuer's");
        });

        test("are refused with what is missing", () => {
            expect(refused({ MLPLATFORM_IDENTITY: "someone" })).toContain(
                'has no "someone". It has: admin, id-scoring, group:OBJECT-ID',
            );
            expect(refused({ AAD_LOGIN_METHOD: "spn", AZURE_CLIENT_ID: clientId })).toContain("not spn");
            expect(refused({ AAD_LOGIN_METHOD: "msi" })).toContain("needs AZURE_CLIENT_ID");
            expect(refused({}, ["get-token", "--server-id", "other"])).toContain("--server-id must be that of AKS");
        });
    });

    test("say when they end, and hold no longer", () => {
        const [privateKey, publicKey] = keys();
        const good = claims();
        const token = signedToken(good, privateKey, publicKey);
        expect(verifiedClaims(token, publicKey).oid).toBe(good.oid);
        expect(() => verifiedClaims(token, publicKey, good.exp * 1000)).toThrow(/the token ended at/);
        expect(() => verifiedClaims(token, publicKey, good.nbf * 1000 - 60_000)).toThrow(/not valid yet/);
        expect(() => verifiedClaims("none", publicKey)).toThrow(/no token/);
    });
});

describe("Azure's roles in the cluster", () => {
    const holds = (role: ClusterRole, scope = testClusterId): AzureFacts =>
        testFacts({ roleAssignments: [{ principalId: team, role, scope }] });
    const asks = (verb: string, name: string, namespace = "team-a"): Parameters<typeof isAllowed>[0] => {
        const [path = "", subresource = ""] = name.split(" ");
        const [resource = "", group = ""] = path.split("/").reverse();
        return { user: team, resourceAttributes: { verb, group, resource, subresource, namespace } };
    };

    test.each<[ClusterRole, string, string, boolean]>([
        ["aksRbacReader", "list", "pods", true],
        ["aksRbacReader", "get", "pods log", true],
        ["aksRbacReader", "get", "pods exec", false],
        ["aksRbacReader", "create", "pods exec", false],
        ["aksRbacReader", "get", "secrets", false],
        ["aksRbacReader", "get", "rbac.authorization.k8s.io/roles", false],
        ["aksRbacReader", "patch", "apps/deployments", false],
        ["aksRbacWriter", "patch", "apps/deployments", true],
        ["aksRbacWriter", "get", "secrets", true],
        ["aksRbacWriter", "create", "pods exec", true],
        ["aksRbacWriter", "update", "resourcequotas", false],
        ["aksRbacWriter", "create", "rbac.authorization.k8s.io/roles", false],
        ["aksRbacWriter", "get", "keda.sh/scaledobjects", false],
        ["aksRbacAdmin", "create", "rbac.authorization.k8s.io/roles", true],
        ["aksRbacAdmin", "update", "resourcequotas", false],
        ["aksRbacAdmin", "delete", "namespaces", false],
        ["aksRbacClusterAdmin", "delete", "namespaces", true],
        ["aksRbacClusterAdmin", "update", "resourcequotas", true],
    ])("%s may %s %s: %s", (role, verb, name, allowed) => {
        expect(isAllowed(asks(verb, name), holds(role))).toBe(allowed);
    });

    test("hold at the cluster, above it and at a namespace, and nowhere else", () => {
        const group = testClusterId.split("/").slice(0, 5).join("/");
        expect(isAllowed(asks("list", "pods"), holds("aksRbacReader", group))).toBe(true);
        const own = holds("aksRbacClusterAdmin", `${testClusterId}/namespaces/team-a`);
        expect(isAllowed(asks("delete", "pods"), own)).toBe(true);
        expect(isAllowed(asks("delete", "pods", "team-ab"), own)).toBe(false);
        expect(isAllowed(asks("list", "nodes", ""), own)).toBe(false);
        expect(isAllowed(asks("list", "pods"), holds("aksRbacReader", `${group}-other`))).toBe(false);
    });

    test("count only where the cluster uses them, whatever the admin groups", () => {
        const { cluster, ...rest } = holds("aksRbacClusterAdmin");
        const without: AzureFacts = { ...rest, cluster: { ...cluster, usesAzureRbac: false } };
        expect(isAllowed(asks("list", "pods"), without)).toBe(false);
        expect(isAllowed({ ...asks("list", "pods"), groups: [testAdminGroup] }, without)).toBe(true);
    });
});
