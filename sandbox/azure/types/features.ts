/**
 * Preview and opt-in features that the sandbox's subscription has registered, as `npx mlplatform providers` says.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/preview-features
 */
export const registeredFeatures = new Set(["Microsoft.Compute/EncryptionAtHost"]);
