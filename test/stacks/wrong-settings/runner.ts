import { wrong, type WrongSettings } from "./row";

const keySecretId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv/secrets/runner";
const github = { kind: "github", organisation: "contoso", appId: "1", installationId: "2", keySecretId };
const asked = (what: string, runner: object, message: string, more: object = {}): WrongSettings =>
    wrong(what, { runner, ...more }, message);

export const wrongRunners: readonly WrongSettings[] = [
    asked(
        "a runner of nobody's",
        { kind: "jenkins" },
        'mlplatform:runner.kind must be one of none, github, azureDevOps, got "jenkins"',
    ),
    asked(
        "a size for no runner",
        { kind: "none", vmSize: "Standard_D4ds_v5" },
        "mlplatform:runner.vmSize is not for kind none; remove it",
    ),
    asked(
        "an organisation for Azure Pipelines",
        { kind: "azureDevOps", organisation: "contoso" },
        "mlplatform:runner.organisation is not for kind azureDevOps; remove it",
    ),
    asked(
        "a GitHub runner without an app",
        { kind: "github", organisation: "contoso" },
        "mlplatform:runner.appId must be set for kind github",
    ),
    asked(
        "a GitHub organisation by its address",
        { ...github, organisation: "https://github.com/contoso" },
        'mlplatform:runner.organisation must be the name of a GitHub organisation, got "https://github.com/contoso"',
    ),
    asked(
        "a GitHub app by its name",
        { ...github, appId: "my-app" },
        'mlplatform:runner.appId must be the number that GitHub shows, got "my-app"',
    ),
    asked(
        "a GitHub app's key in clear",
        { ...github, keySecretId: "-----BEGIN RSA PRIVATE KEY-----" },
        "mlplatform:runner.keySecretId must be the full id of a vault's secret",
    ),
    asked(
        "a label of two words",
        { ...github, label: "ml platform" },
        "mlplatform:runner.label must be 1 to 64 letters",
    ),
    asked(
        "a runner group by its name",
        { ...github, runnerGroupId: 0 },
        "mlplatform:runner.runnerGroupId must be a whole number from 1 to 1000000000, got 0",
    ),
    asked(
        "100 machines",
        { kind: "azureDevOps", machines: 100 },
        "mlplatform:runner.machines must be a whole number from 1 to 20, got 100",
    ),
    asked(
        "a runner of a size of nobody's",
        { kind: "azureDevOps", vmSize: "Standard_D3" },
        'mlplatform:runner.vmSize must be a size of facts/vm-sizes.ts, got "Standard_D3"',
    ),
    asked(
        "a runner with a GPU",
        { kind: "azureDevOps", vmSize: "Standard_NC4as_T4_v3" },
        'mlplatform:runner.vmSize must have no GPUs, got "Standard_NC4as_T4_v3"',
    ),
    asked(
        "an image by a date",
        { kind: "azureDevOps", imageVersion: "november" },
        'mlplatform:runner.imageVersion must be latest or a version such as 24.04.202611010, got "november"',
    ),
];
