import type { Properties } from "../../../sandbox/azure/resource-type";
import { answer, idOf, layered, location, Platform, subnetId } from "./platform";

let platform: Platform;
beforeEach(async () => {
    platform = await Platform.open();
    await platform.put("network:VirtualNetwork");
    await platform.put("network:Subnet", { subnetName: "agents", addressPrefix: "10.1.0.0/24" });
});
afterEach(() => {
    platform.close();
});

const usual: Properties = {
    ...{ location, vmScaleSetName: "vmss", sku: { name: "Standard_D4ds_v5", capacity: 1 }, zones: ["1", "2"] },
    ...{ orchestrationMode: "Uniform", platformFaultDomainCount: 1 },
    virtualMachineProfile: {
        osProfile: {
            ...{ adminUsername: "ops", computerNamePrefix: "vm", customData: "aGVsbG8=" },
            linuxConfiguration: {
                disablePasswordAuthentication: true,
                ssh: { publicKeys: [{ path: "/home/ops/.ssh/authorized_keys", keyData: "ssh-ed25519 AAAA" }] },
            },
        },
        securityProfile: {
            ...{ encryptionAtHost: true, securityType: "TrustedLaunch" },
            uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        },
        storageProfile: {
            osDisk: {
                ...{ createOption: "FromImage", caching: "ReadOnly", diskSizeGB: 128 },
                diffDiskSettings: { option: "Local", placement: "ResourceDisk" },
            },
        },
        networkProfile: {
            networkInterfaceConfigurations: [
                { name: "nic", ipConfigurations: [{ name: "ip", subnet: { id: subnetId("agents") } }] },
            ],
        },
    },
};
const put = (over: Properties = {}): Promise<unknown> =>
    platform.put("compute:VirtualMachineScaleSet", layered(usual, over));
const profile = (virtualMachineProfile: Properties): Properties => ({ virtualMachineProfile });
const osDisk = (over: Properties): Properties => profile({ storageProfile: { osDisk: over } });
const nic = (subnet: string): Properties =>
    profile({
        networkProfile: {
            networkInterfaceConfigurations: [
                { name: "nic", ipConfigurations: [{ name: "ip", subnet: { id: subnet } }] },
            ],
        },
    });

const asked: [string, Properties, string][] = [
    ["as the platform makes it", {}, "accepted"],
    ["a name with an underscore", { vmScaleSetName: "vm_ss" }, "InvalidParameter"],
    ["no size", { sku: { name: undefined } }, "InvalidParameter"],
    [
        "a size that the region lacks",
        {
            location: "westus",
            zones: undefined,
            sku: { name: "Standard_NC24ads_A100_v4" },
            ...nic("/subscriptions/o/x"),
        },
        "SkuNotAvailable",
    ],
    ["a fourth zone", { zones: ["4"] }, "AvailabilityZoneNotSupported"],
    ["more machines than the quota", { sku: { capacity: 88 } }, "OperationNotAllowed"],
    ["a subnet that is not there", nic(subnetId("nowhere")), "InvalidResourceReference"],
    [
        "an encryption set that is not there",
        osDisk({ managedDisk: { diskEncryptionSet: { id: idOf("Microsoft.Compute/diskEncryptionSets/none") } } }),
        "InvalidResourceReference",
    ],
    ["UEFI settings without a security type", profile({ securityProfile: { securityType: undefined } }), "BadRequest"],
    ["a written-back ephemeral disk", osDisk({ caching: "ReadWrite" }), "InvalidParameter"],
    ["an ephemeral disk larger than its room", osDisk({ diskSizeGB: 200 }), "OperationNotAllowed"],
    ["no password and no key", profile({ osProfile: { linuxConfiguration: { ssh: undefined } } }), "InvalidParameter"],
    ["an administrator called root", profile({ osProfile: { adminUsername: "root" } }), "InvalidParameter"],
    ["custom data in clear", profile({ osProfile: { customData: "#cloud-config" } }), "InvalidParameter"],
    ["custom data of 70 KiB", profile({ osProfile: { customData: "AAAA".repeat(24_000) } }), "InvalidParameter"],
    ["flexible without a network API version", { orchestrationMode: "Flexible" }, "InvalidParameter"],
    [
        "an identity that is not there",
        {
            identity: {
                type: "UserAssigned",
                userAssignedIdentities: [idOf("Microsoft.ManagedIdentity/userAssignedIdentities/none")],
            },
        },
        "FailedIdentityOperation",
    ],
];
test.each(asked)("%s", async (_, over, code) => {
    expect(await answer(put(over))).toBe(code);
});

const changes: [string, Properties, string][] = [
    ["other tools", profile({ osProfile: { customData: "bW9yZQ==" } }), "accepted"],
    ["more machines", { sku: { capacity: 3 } }, "accepted"],
    ["another zone", { zones: ["1", "2", "3"] }, "accepted"],
    ["a zone less", { zones: ["1"] }, "ResourceAvailabilityZonesCannotBeModified"],
    ["another administrator", profile({ osProfile: { adminUsername: "dev" } }), "PropertyChangeNotAllowed"],
    ["a managed disk", osDisk({ diffDiskSettings: undefined }), "PropertyChangeNotAllowed"],
    ["no host encryption", profile({ securityProfile: { encryptionAtHost: false } }), "PropertyChangeNotAllowed"],
    ["another number of fault domains", { platformFaultDomainCount: 5 }, "PropertyChangeNotAllowed"],
    ["another region", { location: "westeurope" }, "InvalidResourceLocation"],
];
test.each(changes)("changed: %s", async (_, over, code) => {
    await put();
    expect(await answer(put(over))).toBe(code);
});

test("its machines count against the quota of their family", async () => {
    await put({ sku: { capacity: 80 } });
    expect(await answer(put({ vmScaleSetName: "other", sku: { capacity: 8 } }))).toBe("OperationNotAllowed");
});

test("its subnet stays while it is there", async () => {
    await put();
    expect(await answer(platform.azure.delete(subnetId("agents")))).toBe("InUseSubnetCannotBeDeleted");
});
