import { cloudInit } from "../../../components/runner/cloud-init";
import { Runner, type RunnerArgs } from "../../../components/runner/runner";
import type { RunnerChoice } from "../../../components/runner/runner-choice";
import { all, only, value } from "../../mocks";
import { place } from "../place";

type Choice = Exclude<RunnerChoice, { kind: "none" }>;
const azureDevOps: Choice = { kind: "azureDevOps", vmSize: "Standard_D4ds_v5", machines: 2 };
const keySecretId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv/secrets/key";
const registration = {
    ...{ organisation: "contoso", appId: "1", installationId: "2", runnerGroupId: 1 },
    ...{ previewRunnerGroupId: 1, label: "mlplatform", keySecretId },
};
const github: Choice = { kind: "github", vmSize: "Standard_D4ds_v5", machines: 2, github: registration };
const args = (choice: Choice): RunnerArgs => ({
    ...{ ...place, choice, zones: ["1", "2", "3"], subnetId: "/agents", egressReady: "/egress" },
    ...{ diskEncryptionSetId: "/des", rolePropagationSeconds: 0 },
});
const scaleSet = "compute:VirtualMachineScaleSet";

test("has no public address and no sign-in, encrypted disks and a measured boot", async () => {
    await value(new Runner("runner", args(azureDevOps)).scaleSetId);
    const { inputs, options } = only(scaleSet);
    expect(JSON.stringify(inputs)).not.toMatch(/publicIPAddress|adminPassword/i);
    expect(inputs).toMatchObject({
        // Azure Pipelines counts the machines, in a set of the form that it asks for.
        ...{ sku: { name: "Standard_D4ds_v5", capacity: 0 }, orchestrationMode: "Uniform", overprovision: false },
        upgradePolicy: { mode: "Manual" },
        virtualMachineProfile: {
            osProfile: { linuxConfiguration: { disablePasswordAuthentication: true } },
            securityProfile: {
                ...{ encryptionAtHost: true, securityType: "TrustedLaunch" },
                uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
            },
            storageProfile: {
                osDisk: {
                    ...{ diffDiskSettings: { option: "Local" }, caching: "ReadOnly" },
                    managedDisk: { diskEncryptionSet: { id: "/des" } },
                },
            },
            networkProfile: {
                networkInterfaceConfigurations: [{ ipConfigurations: [{ subnet: { id: "/agents" } }] }],
            },
        },
    });
    expect(options.ignoreChanges).toEqual(["sku.capacity"]);
});

test("a size without room for the disk gets a managed one, with the same key", async () => {
    await value(new Runner("runner", args({ ...azureDevOps, vmSize: "Standard_D4s_v5" })).scaleSetId);
    expect(only(scaleSet).inputs).toMatchObject({
        virtualMachineProfile: {
            storageProfile: {
                osDisk: {
                    caching: "ReadWrite",
                    managedDisk: { storageAccountType: "Premium_LRS", diskEncryptionSet: { id: "/des" } },
                },
            },
        },
    });
});

test("has no identity with Azure Pipelines, and with GitHub one for the secret that registers it", async () => {
    await value(new Runner("devops", args(azureDevOps)).scaleSetId);
    await value(new Runner("github", args(github)).scaleSetId);
    const roles = all("authorization:RoleAssignment").filter(({ name }) => !name.startsWith("runner-"));
    expect(roles.map(({ name, inputs }) => `${name} ${String(inputs.scope)}`)).toEqual([
        `github-registration ${keySecretId}`,
    ]);
    expect(only(scaleSet, "devops").inputs.identity).toBeUndefined();
});

test("for GitHub as many machines run as are asked for, told what is no secret", async () => {
    await value(new Runner("runner", args(github)).scaleSetId);
    const { inputs, options } = only(scaleSet);
    expect(inputs).toMatchObject({ sku: { capacity: 2 } });
    expect(options.ignoreChanges).toEqual([]);
    const profile = inputs.virtualMachineProfile as { osProfile: { customData: string } };
    expect(Buffer.from(profile.osProfile.customData, "base64").toString()).toBe(
        cloudInit(github, "runner-identity-client"),
    );
});

test("refuses what cannot be, all at once", () => {
    const wrong: Choice = { ...github, machines: 0, github: { ...registration, appId: "app", keySecretId: "/x" } };
    expect(() => new Runner("runner", args(wrong))).toThrow(
        /choice\.machines must be .* got 0; choice\.appId must be .*; choice\.keySecretId must be/,
    );
});
