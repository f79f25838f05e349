import { SettingsError } from "../../stacks/config";
import { readServicesSettings } from "../../stacks/settings/services";

const good: Readonly<Record<string, string>> = {
    "mlplatform:kind": "services",
    "mlplatform:environment": "dev",
    "mlplatform:gateway": '{"domain":"ml.dev.example.com","certificate":"gateway"}',
    "azure-native:subscriptionId": "11111111-1111-4111-8111-111111111111",
    "azure-native:tenantId": "22222222-2222-4222-8222-222222222222",
};

test("a good config reads into values, with the environment's own foundation and lock", () => {
    expect(readServicesSettings(good)).toMatchObject({
        ...{ environment: "dev", foundation: "dev", imageLock: "images/third-party.lock.json", lentServingGpus: 0 },
        gateway: { domain: "ml.dev.example.com", certificate: "gateway" },
        rolePropagationSeconds: 120,
    });
});

test.each([
    ["no gateway", { "mlplatform:gateway": "{}" }, "mlplatform:gateway must be set"],
    [
        "a gateway without a certificate",
        { "mlplatform:gateway": '{"domain":"ml.dev.example.com"}' },
        "mlplatform:gateway.certificate must be text, got nothing",
    ],
    [
        "a domain with a star",
        { "mlplatform:gateway": '{"domain":"*.ml.example.com","certificate":"gateway"}' },
        'mlplatform:gateway.domain must be a full host name in small letters, got "*.ml.example.com"',
    ],
    [
        "a certificate by its address",
        { "mlplatform:gateway": '{"domain":"ml.example.com","certificate":"https://kv/certificates/gateway"}' },
        "mlplatform:gateway.certificate must be a certificate's name in the vault",
    ],
    [
        "a lock that is none",
        { "mlplatform:imageLock": "images/digests.txt" },
        'mlplatform:imageLock must be the path of a JSON file, got "images/digests.txt"',
    ],
    [
        "less than no GPUs lent",
        { "mlplatform:lentServingGpus": "-1" },
        'mlplatform:lentServingGpus must be a whole number from 0 to 1000, got "-1"',
    ],
    [
        "roles that apply at once in prod",
        { "mlplatform:environment": "prod", "mlplatform:rolePropagationSeconds": "0" },
        "mlplatform:rolePropagationSeconds must be at least 60 in prod, got 0",
    ],
    [
        "a key of foundations",
        { "mlplatform:addressSpace": "10.0.0.0/20" },
        "mlplatform:addressSpace is not a setting of services stacks",
    ],
])("refuses %s", (_, change, message) => {
    const read = (): unknown => readServicesSettings({ ...good, ...change });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(message);
});
