import { liveConfig } from "../live-config";
import { CompiledProject } from "../plain-pulumi/compiled-project";

// What a reviewer reads in a preview of the real engine when somebody changes what Azure never changes in place.
// in-place.test.ts goes through all such properties; here are some of each kind, end to end.
jest.setTimeout(180_000);

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open(liveConfig);
    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    if (up.code !== 0) throw new Error(up.output);
});
afterAll(() => project.close());

/** What the preview says, on one line: the engine breaks lines as it likes. */
async function preview(): Promise<{ code: number; output: string }> {
    const { code, output } = await project.pulumi("preview", "-s", "dev");
    return { code, output: output.replace(/\s+/g, " ") };
}

test.each([
    ["keyvault:Vault", "properties.enablePurgeProtection", false, "enablePurgeProtection"],
    ["keyvault:Key registry-key", "properties.keySize", 4096, "keySize cannot change in place, got 3072 -> 4096"],
    ["containerregistry:Registry", "sku.name", "Standard", "sku.name cannot change in place"],
    ["storage:StorageAccount work", "kind", "BlobStorage", 'kind cannot change in place, got "StorageV2"'],
    [
        "compute:DiskEncryptionSet",
        "encryptionType",
        "EncryptionAtRestWithPlatformAndCustomerKeys",
        "encryptionType cannot change",
    ],
    ["containerservice:ManagedCluster", "apiServerAccessProfile.enablePrivateCluster", false, "enablePrivateCluster"],
])("%s: a changed %s to %j is refused in the preview", async (resource, path, value, message) => {
    project.edit([resource, path, value]);
    const { code, output } = await preview();
    expect(output).toContain(message);
    expect(code).not.toBe(0);
});

test("a changed bootstrap pool is refused against its recorded digest", async () => {
    project.edit();
    project.configure({ ...liveConfig, "mlplatform:bootstrapPool": { vmSize: "Standard_D4ds_v5" } });
    const { code, output } = await preview();
    project.configure(liveConfig);
    expect(output).toMatch(/bootstrap pool/i);
    expect(code).not.toBe(0);
});

test.each([["containerservice:ManagedCluster", "networkProfile.podCidr", "10.200.0.0/16"]])(
    "%s: a changed %s to %j is a replacement",
    async (resource, path, value) => {
        project.edit([resource, path, value]);
        const { code, output } = await preview();
        expect(output).toMatch(/\+-\d+ to replace/);
        expect(code).toBe(0);
    },
);

test("a change that Azure takes in place is an update, and nothing else", async () => {
    project.edit(["containerservice:ManagedCluster", "autoScalerProfile.scaleDownUnneededTime", "15m"]);
    const { code, output } = await preview();
    expect(output).toMatch(/Resources: ~ 1 to update \d+ unchanged/);
    expect(code).toBe(0);
});
