import { vmSize, zonesOffering } from "../../../facts/vm-sizes";
import { stableGuid } from "../guid";
import { isObject, valueAt } from "../properties";
import { refusal } from "../refusal";
import type { Refusal, Request, ResourceType } from "../resource-type";
import { isMissing, references, regional, tagged } from "./common-rules";
import { registeredFeatures } from "./features";
import { zonesOfRegion } from "./pool-view";
import { amount, flag, identityMap, onUpdate, onWrite, records, regionOf, text, texts } from "./reading";

const learn = "https://learn.microsoft.com/azure";
const createPage = "https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update";
const orchestration = `${learn}/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes`;
const ephemeral = `${learn}/virtual-machines/ephemeral-os-disks`;
const trustedLaunch = `${learn}/virtual-machines/trusted-launch`;

const os = "virtualMachineProfile.osProfile";
const disk = "virtualMachineProfile.storageProfile.osDisk";
const security = "virtualMachineProfile.securityProfile";
const interfaces = "virtualMachineProfile.networkProfile.networkInterfaceConfigurations";

const invalid = (message: string): Refusal => refusal(400, "InvalidParameter", message);
const sizeOf = ({ inputs }: Request) => vmSize(text(inputs, "sku.name") ?? "");
const isEphemeral = ({ inputs }: Request): boolean => text(inputs, `${disk}.diffDiskSettings.option`) === "Local";
const capacityOf = (value: unknown): number => amount(value, "sku.capacity") ?? 0;

/** User names that no Linux machine takes, as far as they are listed: https://learn.microsoft.com/azure/virtual-machines/linux/faq */
const forbiddenUsers = ["admin", "administrator", "root", "guest", "user", "test", "backup", "console", "sys"];

/** Base64 of 64 KiB. */
const longestCustomData = 87_380;

const scaleSet: ResourceType = {
    token: "azure-native:compute:VirtualMachineScaleSet",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}",
    name: {
        pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/,
        rule: '1 to 64 letters, digits, "." or "-"; begins and ends with a letter or digit',
        code: "InvalidParameter",
        source: `${learn}/azure-resource-manager/management/resource-name-rules; code unverified`,
    },
    forceNew: ["location"],
    immutable: [
        ...["orchestrationMode", "platformFaultDomainCount", `${os}.adminUsername`].map((path) => {
            return { path, code: "PropertyChangeNotAllowed", source: `${createPage} (unverified)` };
        }),
        {
            path: `${disk}.diffDiskSettings`,
            code: "PropertyChangeNotAllowed",
            source: `${ephemeral} (only when it is made; code unverified)`,
        },
        {
            path: `${security}.encryptionAtHost`,
            code: "PropertyChangeNotAllowed",
            source: `${learn}/virtual-machines/linux/disks-enable-host-based-encryption-cli (machines must be deallocated first; code unverified)`,
        },
    ],
    rules: [
        ...regional,
        tagged,
        references([`${interfaces}.[].ipConfigurations.[].subnet.id`], true),
        references([`${disk}.managedDisk.diskEncryptionSet.id`], true),
        onWrite(`${createPage} (unverified)`, ({ inputs }) => {
            const named = text(inputs, "sku.name") !== undefined;
            return !named && invalid("Required parameter 'sku.name' is missing (null).");
        }),
        // Text: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available
        onWrite(`${learn}/azure-resource-manager/troubleshooting/error-sku-not-available`, (request) => {
            const [size, location] = [sizeOf(request), regionOf(request.inputs)];
            const name = text(request.inputs, "sku.name");
            const offered = size && zonesOffering(size, location, zonesOfRegion(location)) !== undefined;
            const message = `The requested size for resource '${request.id}' is currently not available in location '${location}' zones '${texts(request.inputs, "zones").join(",")}' for subscription '${request.azure.subscriptionId}'. Please try another size or deploy to a different location or zones.`;
            return name !== undefined && offered !== true && refusal(409, "SkuNotAvailable", message);
        }),
        onWrite(`${learn}/reliability/reliability-virtual-machine-scale-sets; code unverified`, (request) => {
            const [size, location] = [sizeOf(request), regionOf(request.inputs)];
            const all = zonesOfRegion(location);
            const offered = size ? (zonesOffering(size, location, all) ?? []) : all;
            const missing = texts(request.inputs, "zones").filter((zone) => !offered.includes(zone));
            const message = `The zone(s) '${missing.join(",")}' for resource '${request.id}' is not supported. The supported zones for location '${location}' are '${offered.join(",")}'`;
            return missing.length > 0 && refusal(400, "AvailabilityZoneNotSupported", message);
        }),
        onUpdate(
            `${learn}/virtual-machine-scale-sets/virtual-machine-scale-sets-use-availability-zones (zones are added, never taken away); code unverified`,
            ({ inputs, id }, previous) => {
                const gone = texts(previous.inputs, "zones").filter((zone) => !texts(inputs, "zones").includes(zone));
                const message = `Zones '${gone.join(",")}' cannot be removed from resource '${id}'.`;
                return gone.length > 0 && refusal(400, "ResourceAvailabilityZonesCannotBeModified", message);
            },
        ),
        // Text: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-quota
        onWrite(`${learn}/azure-resource-manager/troubleshooting/error-resource-quota`, (request) => {
            const size = sizeOf(request);
            if (!size) return undefined;
            const before = request.previous;
            const same = text(before?.inputs, "sku.name")?.toLowerCase() === size.name.toLowerCase();
            const more = (capacityOf(request.inputs) - (same ? capacityOf(before?.inputs) : 0)) * size.vCpus;
            const { limit, used } = request.azure.quota(regionOf(request.inputs), size.family);
            const message = `Operation could not be completed as it results in exceeding approved ${size.family} Cores quota. Additional details - Location: ${regionOf(request.inputs)}, Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${more}.`;
            return more > 0 && used + more > limit && refusal(409, "OperationNotAllowed", message);
        }),
        // Text: https://github.com/hashicorp/terraform-provider-azurerm/issues/20463
        onWrite(
            `${learn}/virtual-machines/disk-encryption#encryption-at-host---end-to-end-encryption-for-your-vm-data`,
            ({ inputs }) => {
                const missing =
                    flag(inputs, `${security}.encryptionAtHost`) &&
                    !registeredFeatures.has("Microsoft.Compute/EncryptionAtHost");
                return (
                    missing &&
                    invalid(
                        "The property 'securityProfile.encryptionAtHost' is not valid because the 'Microsoft.Compute/EncryptionAtHost' feature is not enabled for this subscription.",
                    )
                );
            },
        ),
        onWrite(`${learn}/virtual-machines/disks-enable-host-based-encryption-portal; code unverified`, (request) => {
            const without =
                flag(request.inputs, `${security}.encryptionAtHost`) && sizeOf(request)?.hostEncryption === false;
            return (
                without &&
                invalid(`The VM size '${text(request.inputs, "sku.name") ?? ""}' does not support EncryptionAtHost.`)
            );
        }),
        onWrite(`${trustedLaunch} (UEFI settings are part of it); code unverified`, ({ inputs }) => {
            const settings = isObject(valueAt(inputs, `${security}.uefiSettings`));
            const trusted = text(inputs, `${security}.securityType`) !== undefined;
            const message = "Use of UEFI settings is not supported without a security type.";
            return settings && !trusted && refusal(400, "BadRequest", message);
        }),
        onWrite(`${ephemeral}; code unverified`, (request) => {
            const wrong = isEphemeral(request) && text(request.inputs, `${disk}.caching`) !== "ReadOnly";
            return wrong && invalid("The caching of an ephemeral OS disk must be ReadOnly.");
        }),
        onWrite(`${ephemeral}; code unverified`, (request) => {
            const [room, asked] = [
                sizeOf(request)?.ephemeralOsDiskGib,
                amount(request.inputs, `${disk}.diskSizeGB`) ?? 30,
            ];
            if (!isEphemeral(request) || room === undefined || asked <= room) return undefined;
            const name = text(request.inputs, "sku.name") ?? "";
            const message = `OS disk of Ephemeral VM with size greater than ${room} GB is not allowed for VM size ${name} when the DiffDiskPlacement is ${text(request.inputs, `${disk}.diffDiskSettings.placement`) ?? "CacheDisk"}.`;
            return refusal(409, "OperationNotAllowed", message);
        }),
        onWrite(`${createPage}#linuxconfiguration; code unverified`, ({ inputs }) => {
            const linux = `${os}.linuxConfiguration`;
            const keyless = records(inputs, `${linux}.ssh.publicKeys`).length === 0;
            const message =
                "Authentication using either SSH or by user name and password must be enabled in Linux profile.";
            return flag(inputs, `${linux}.disablePasswordAuthentication`) && keyless && invalid(message);
        }),
        onWrite(`${createPage}#virtualmachinescalesetosprofile; code unverified`, ({ inputs }) => {
            const user = text(inputs, `${os}.adminUsername`)?.toLowerCase();
            const message = "The Admin Username specified is not allowed.";
            return user !== undefined && forbiddenUsers.includes(user) && invalid(message);
        }),
        // Text: https://github.com/hashicorp/terraform-provider-azurerm/issues/1614
        onWrite(`${learn}/virtual-machines/custom-data`, ({ inputs }) => {
            const data = text(inputs, `${os}.customData`);
            if (data === undefined) return undefined;
            const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data);
            const message = `Custom data in OSProfile must be in Base64 encoding and with a maximum length of ${longestCustomData} characters.`;
            return (!base64 || data.length > longestCustomData) && invalid(message);
        }),
        onWrite(`${orchestration}; code unverified`, ({ inputs }) => {
            const flexible = text(inputs, "orchestrationMode") === "Flexible";
            const version = text(inputs, "virtualMachineProfile.networkProfile.networkApiVersion");
            const message = `The property 'networkApiVersion' must ${flexible ? "" : "not "}be set in orchestration mode ${flexible ? "Flexible" : "Uniform"}.`;
            return flexible !== (version !== undefined) && invalid(message);
        }),
        onWrite(
            `${learn}/active-directory/managed-identities-azure-resources/managed-identity-best-practice-recommendations; code unverified`,
            ({ inputs, azure }) => {
                const missing = texts(inputs, "identity.userAssignedIdentities").find((one) => isMissing(azure, one));
                return (
                    missing !== undefined &&
                    refusal(400, "FailedIdentityOperation", `The identity '${missing}' was not found.`)
                );
            },
        ),
    ],
    outputs: ({ id, inputs, azure, previous }) => ({
        location: regionOf(inputs),
        type: "Microsoft.Compute/virtualMachineScaleSets",
        uniqueId: stableGuid(id, "unique"),
        timeCreated: new Date(previous?.createdAt ?? azure.now()).toISOString(),
        orchestrationMode: text(inputs, "orchestrationMode") ?? "Uniform",
        sku: { tier: "Standard", capacity: capacityOf(inputs) },
        identity: {
            userAssignedIdentities: identityMap(azure, texts(inputs, "identity.userAssignedIdentities")),
        },
    }),
};

export const scaleSetTypes: readonly ResourceType[] = [scaleSet];
