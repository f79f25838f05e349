import { answer, Platform } from "./platform";

test("features are registered by name, and one that nobody knows is refused", async () => {
    const platform = await Platform.open();
    const put = (providerNamespace: string, featureName: string): Promise<unknown> =>
        platform.azure.put("azure-native:features:SubscriptionFeatureRegistration", {
            ...{ providerNamespace, featureName, properties: {} },
        });
    try {
        expect(await answer(put("Microsoft.Compute", "EncryptionAtHost"))).toBe("accepted");
        expect(await answer(put("Microsoft.Compute", "EncryptionAtHosts"))).toBe("FeatureNotFound");
    } finally {
        platform.close();
    }
});
