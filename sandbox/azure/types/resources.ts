import { regions } from "../../../facts/regions";
import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { locationRequired, tagged } from "./common-rules";
import { onCreate, onUpdate, regionOf } from "./reading";

const manageGroups =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/manage-resource-groups-portal";

const resourceGroup: ResourceType = {
    token: "azure-native:resources:ResourceGroup",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    name: {
        pattern: /^[\p{L}\p{N}_()-]([\p{L}\p{N}_().-]{0,88}[\p{L}\p{N}_()-])?$/u,
        rule: '1 to 90 letters, digits, "_", "-", "." or parentheses; does not end with "."',
        code: "InvalidParameter",
        source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; code unverified",
    },
    forceNew: ["location"],
    immutable: [],
    rules: [
        onCreate(manageGroups, ({ inputs }) => regionOf(inputs) === "" && locationRequired),
        onCreate("https://github.com/cloud-barista/cb-spider/issues/527", ({ inputs }) => {
            const [location, known] = [regionOf(inputs), Object.keys(regions)];
            if (known.includes(location)) return undefined;
            const message = `The provided location '${location}' is not available for resource group. List of available regions is '${known.join(",")}'.`;
            return refusal(400, "LocationNotAvailableForResourceGroup", message);
        }),
        onUpdate("https://github.com/microsoft/vscode-azurefunctions/issues/889", ({ inputs }, previous) => {
            const [before, after] = [regionOf(previous.inputs), regionOf(inputs)];
            if (after === "" || after === before) return undefined;
            const message = `Invalid resource group location '${after}'. The Resource group already exists in location '${before}'.`;
            return refusal(409, "InvalidResourceGroupLocation", message);
        }),
        tagged,
    ],
    outputs: () => ({ properties: { provisioningState: "Succeeded" } }),
};

export const resourcesTypes: readonly ResourceType[] = [resourceGroup];
