import * as pulumi from "@pulumi/pulumi";
import { bootstrap } from "../../bootstrap/bootstrap";
import { readBootstrapSettings } from "../../bootstrap/settings";
import { accessRows, type AccessRow } from "../../facts/access-table";
import { roleDefinitions } from "../../facts/role-definitions";
import { all, only, seen, value } from "../mocks";
import { good } from "./good";

async function build(change: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
    const outputs = await value(pulumi.output(bootstrap(readBootstrapSettings({ ...good, ...change }))));
    for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await new Promise((done) => setTimeout(done, 50));
    }
    return outputs;
}
const addresses = { "mlplatform-bootstrap:operatorAddresses": '["203.0.113.7","198.51.100.0/29"]' };

test("state and its key are closed, but for the addresses of those who begin", async () => {
    await build(addresses);
    expect(only("storage:StorageAccount").inputs).toMatchObject({
        ...{ publicNetworkAccess: "Enabled", allowSharedKeyAccess: false, allowBlobPublicAccess: false },
        networkRuleSet: {
            ...{ defaultAction: "Deny", bypass: "None" },
            ipRules: [{ iPAddressOrRange: "203.0.113.7" }, { iPAddressOrRange: "198.51.100.0/29" }],
        },
    });
    expect(only("keyvault:Vault").inputs).toMatchObject({
        properties: {
            ...{ publicNetworkAccess: "Enabled", enablePurgeProtection: true },
            networkAcls: { defaultAction: "Deny", ipRules: [{ value: "203.0.113.7" }, { value: "198.51.100.0/29" }] },
        },
    });
    expect(all("network:PrivateEndpoint")).toEqual([]);
});

test("without addresses nobody comes in from outside", async () => {
    await build();
    expect(only("storage:StorageAccount").inputs).toMatchObject({
        ...{ publicNetworkAccess: "Disabled", networkRuleSet: { defaultAction: "Deny", ipRules: [] } },
    });
    expect(only("keyvault:Vault").inputs).toMatchObject({ properties: { publicNetworkAccess: "Disabled" } });
});

test("earlier states are kept, each environment's in a container of its own", async () => {
    await build();
    expect(only("storage:BlobServiceProperties").inputs).toMatchObject({
        ...{ isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 } },
    });
    expect(all("storage:BlobContainer").map(({ inputs }) => inputs.containerName)).toEqual([
        "dev",
        "prod",
        "bootstrap",
    ]);
});

test("identities get what the access table has for them, and nothing else", async () => {
    await build();
    const given = all("authorization:RoleAssignment");
    const roleOf = (inputs: Record<string, unknown>): string => String(inputs.roleDefinitionId).split("/").at(-1) ?? "";
    const made = given.map(({ inputs }) => `${roleOf(inputs)} ${String(inputs.description)}`);
    const rows = Object.values<AccessRow>(accessRows).filter(({ by }) => by === "bootstrap");
    const wanted = rows.map(({ role, why }) => `${roleDefinitions[role]} ${why}`);
    expect([...new Set(made)].sort()).toEqual(wanted.sort());
    // A pull request never writes.
    const preview = given.filter(({ inputs }) => inputs.principalId === "ci-preview-principal");
    const guids = preview.map(({ inputs }) => roleOf(inputs));
    expect([...new Set(guids)].sort()).toEqual(
        [roleDefinitions.reader, roleDefinitions.storageBlobDataReader, roleDefinitions.keyVaultCryptoUser].sort(),
    );
    // CI does not touch the bootstrap's own state.
    const own = given.filter(({ inputs }) => String(inputs.scope).includes("state-bootstrap"));
    expect(own.map(({ name }) => name)).toEqual(["operations-state-bootstrap"]);
});

test("CI signs in as whom its platform vouches for, one write after the other", async () => {
    await build();
    const credentials = all("managedidentity:FederatedIdentityCredential");
    expect(credentials.map(({ name, inputs }) => `${name} ${String(inputs.subject)}`)).toEqual([
        "ci-preview-github-pull-request repo:contoso/mlplatform:pull_request",
        "ci-deploy-github-dev repo:contoso/mlplatform:environment:dev",
        "ci-deploy-github-prod repo:contoso/mlplatform:environment:prod",
    ]);
    expect(credentials[2]?.options.dependsOn.some((urn) => urn.endsWith("::ci-deploy-github-dev"))).toBe(true);
});

test("everything that holds state is protected and locked, until a teardown", async () => {
    await build();
    const held = ["storage:StorageAccount", "keyvault:Vault", "resources:ResourceGroup"];
    const lock = "authorization:ManagementLockByScope";
    for (const type of held) expect(only(type).options.protect).toBe(true);
    expect(only(lock).options.protect).toBe(true);
    seen.length = 0;
    await build({ "mlplatform-bootstrap:teardown": "true" });
    for (const type of held) expect(only(type).options.protect).toBe(false);
    // It goes with the destroy, before anything else.
    expect(only(lock).options.protect).toBe(false);
});

test("hands out what `pulumi login` and the secrets provider take", async () => {
    expect(await build()).toMatchObject({
        backends: { dev: expect.stringMatching(/^azblob:\/\/dev\?storage_account=stmlpbootstate\w{4}1$/) as string },
        secretsProvider: expect.stringMatching(
            /^azurekeyvault:\/\/kv-mlp-boot-\w{4}-1\.vault\.azure\.net\/keys\//,
        ) as string,
    });
});
