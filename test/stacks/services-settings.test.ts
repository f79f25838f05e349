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

const id = "33333333-3333-4333-8333-333333333333";
const digest = `sha256:${"a".repeat(64)}`;
const agents = { organisation: "contoso", pool: "mlplatform", nodePool: "work", maxAgents: 4 };
const size = { name: "small", title: "2 cores", pool: "work", cores: 2, memoryGib: 8 };
const notebooks = { clientId: id, groups: [id], images: [{ name: "sample", title: "Sample" }], sizes: [size] };
const labelling = { clientId: id, groups: [id], nodePool: "work", containers: ["images"] };
/** With everything that people work with, and one thing changed. */
const withApps = (change: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
        Object.entries({ images: "dev-images", pipelineAgents: agents, notebooks, labelling, ...change }).map(
            ([key, value]) => [`mlplatform:${key}`, typeof value === "string" ? value : JSON.stringify(value)],
        ),
    );

test("what people work with is there if its key is, and its disks are backed up", () => {
    expect(readServicesSettings(good)).not.toHaveProperty("notebooks");
    expect(readServicesSettings({ ...good, ...withApps({}) })).toMatchObject({
        ...{ pipelineAgents: agents, notebooks, labelling, backup: { hour: 2, keep: 14 } },
    });
});

test.each([
    [
        "images of ours that no stack builds",
        { images: "" },
        "mlplatform:images must be set for mlplatform:pipelineAgents, which runs images of our own: the stack that builds them",
    ],
    ["a stack of images by a path", { images: "org/dev-images" }, "mlplatform:images must be the name of a stack"],
    [
        "digests of images of ours, which the images stack tells",
        { ownImages: { backup: digest } },
        "mlplatform:ownImages is not a setting of services stacks",
    ],
    [
        "an organisation by its address",
        { pipelineAgents: { ...agents, organisation: "https://dev.azure.com/contoso" } },
        "mlplatform:pipelineAgents.organisation must be 1 to 50 of letters, digits and inner hyphens",
    ],
    [
        "agents without end",
        { pipelineAgents: { ...agents, maxAgents: 1000 } },
        "mlplatform:pipelineAgents.maxAgents must be a whole number from 1 to 100, got 1000",
    ],
    [
        "jobs without end",
        { pipelineAgents: { ...agents, maxJobMinutes: 0 } },
        "mlplatform:pipelineAgents.maxJobMinutes must be a whole number from 5 to 1440, got 0",
    ],
    [
        "a demand that takes the agent's own variable",
        { pipelineAgents: { ...agents, demands: ["PATH -equals /tmp"] } },
        "mlplatform:pipelineAgents.demands[0] must be",
    ],
    [
        "agents with a personal access token",
        { pipelineAgents: { ...agents, token: "x" } },
        "mlplatform:pipelineAgents.token is not a field",
    ],
    [
        "notebooks for nobody",
        { notebooks: { ...notebooks, groups: [] } },
        "mlplatform:notebooks.groups must hold at least 1, got 0: nobody could sign in",
    ],
    [
        "a client secret",
        { notebooks: { ...notebooks, clientSecret: "x" } },
        "mlplatform:notebooks.clientSecret is not a field",
    ],
    [
        "a notebook's image by its tag",
        { notebooks: { ...notebooks, images: [{ name: "a", title: "A", image: "mlplatform/torch:2.9" }] } },
        "mlplatform:notebooks.images[0].image must be the name of an image of the images stack, or REPOSITORY@sha256:DIGEST of the platform's registry, without a tag",
    ],
    [
        "two sizes of one name",
        { notebooks: { ...notebooks, sizes: [size, size] } },
        'mlplatform:notebooks.sizes[1].name must be there once, got "small" again',
    ],
    [
        "places kept on GPUs",
        { notebooks: { ...notebooks, sizes: [{ ...size, gpus: 1 }], placeholders: 1 } },
        "mlplatform:notebooks.placeholders must be 0 while the first size has GPUs",
    ],
    [
        "a home of nothing",
        { notebooks: { ...notebooks, homeGib: 0 } },
        "mlplatform:notebooks.homeGib must be a whole number from 1 to 1024, got 0",
    ],
    [
        "a container that there is not",
        { labelling: { ...labelling, containers: ["models"] } },
        'mlplatform:labelling.containers[0] must be one of datasets, images, labels, predictions, got "models"',
    ],
    [
        "a group by its name",
        { labelling: { ...labelling, groups: ["annotators"] } },
        'mlplatform:labelling.groups[0] must be a GUID, got "annotators"',
    ],
    [
        "a backup at no hour of the day",
        { backup: { hour: 24, keep: 14 } },
        "mlplatform:backup.hour must be a whole number from 0 to 23, got 24",
    ],
    [
        "no backups kept",
        { backup: { hour: 2, keep: 0 } },
        "mlplatform:backup.keep must be a whole number from 1 to 200",
    ],
])("of what people work with, refuses %s", (_, change, message) => {
    const read = (): unknown => readServicesSettings({ ...good, ...withApps(change) });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(message);
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
