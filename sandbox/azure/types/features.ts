/**
 * Preview and opt-in features that the sandbox's subscription has registered, as `bootstrap` would have done.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/preview-features
 */
export const registeredFeatures = new Set(["Microsoft.Compute/EncryptionAtHost"]);
