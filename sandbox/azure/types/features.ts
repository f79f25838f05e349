import { refusal } from "../refusal";
import type { ResourceType } from "../resource-type";
import { nameOf, parentId } from "../ids";
import { onWrite } from "./reading";

const previewFeatures = "https://learn.microsoft.com/azure/azure-resource-manager/management/preview-features";

/**
 * Preview and opt-in features that the sandbox's subscription has registered, as `bootstrap` would have done.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/preview-features
 */
export const registeredFeatures = new Set(["Microsoft.Compute/EncryptionAtHost"]);

const subscriptionFeatureRegistration: ResourceType = {
    token: "azure-native:features:SubscriptionFeatureRegistration",
    path: "/subscriptions/{subscriptionId}/providers/Microsoft.Features/featureProviders/{providerNamespace}/subscriptionFeatureRegistrations/{featureName}",
    forceNew: [],
    immutable: [],
    rules: [
        onWrite(`${previewFeatures}; code unverified`, ({ id }) => {
            const feature = `${nameOf(parentId(id) ?? "")}/${nameOf(id)}`;
            const known = [...registeredFeatures].some((one) => one.toLowerCase() === feature.toLowerCase());
            const message = `The feature '${nameOf(id)}' could not be found in the namespace '${nameOf(parentId(id) ?? "")}'.`;
            return !known && refusal(404, "FeatureNotFound", message);
        }),
    ],
    outputs: ({ id }) => ({
        type: "Microsoft.Features/featureProviders/subscriptionFeatureRegistrations",
        properties: { featureName: nameOf(id), state: "Registered", approvalType: "AutoApproval" },
    }),
};

export const featureTypes: readonly ResourceType[] = [subscriptionFeatureRegistration];
