import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrapKeys, bootstrapNamespace, readBootstrapSettings } from "../../bootstrap/settings";
import { SettingsError } from "../../stacks/config";
import { good } from "./good";

function faultsOf(change: Readonly<Record<string, unknown>>): string {
    const text = Object.entries(change).map(([key, value]) => [
        key.includes(":") ? key : `${bootstrapNamespace}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    try {
        readBootstrapSettings({ ...good, ...(Object.fromEntries(text) as Record<string, string>) });
        return "";
    } catch (fault) {
        if (fault instanceof SettingsError) return fault.faults.join("\n");
        throw fault;
    }
}

const devOps = {
    ...{ organisation: "contoso", organisationId: "88888888-8888-4888-8888-888888888888", project: "ML" },
    ...{ previewConnection: "mlp-preview", deployConnection: "mlp-deploy" },
};
const pullRequests = {
    ...{ name: "pr", issuer: "https://token.actions.githubusercontent.com" },
    subject: "repo:contoso/mlplatform:pull_request",
};

test.each<[string, Record<string, unknown>, string]>([
    ["no group", { operationsGroupId: "" }, "mlplatform-bootstrap:operationsGroupId must be set"],
    ["a key of nobody's", { colour: "blue" }, "mlplatform-bootstrap:colour is not a setting"],
    [
        "an environment of nobody's",
        { environments: ["test"] },
        "mlplatform-bootstrap:environments[0] must be one of dev, staging, prod",
    ],
    ["no environment", { environments: [] }, "mlplatform-bootstrap:environments must hold at least 1, got 0"],
    [
        "one twice",
        { environments: ["dev", "dev"] },
        "mlplatform-bootstrap:environments must name each environment once",
    ],
    [
        "a private address",
        { operatorAddresses: ["10.1.2.3"] },
        'operatorAddresses must be as the internet sees you, got "10.1.2.3"',
    ],
    ["the whole internet", { operatorAddresses: ["0.0.0.0/0"] }, "blocks from /16 to /30"],
    ["a block of two", { operatorAddresses: ["203.0.113.4/31"] }, "blocks from /16 to /30"],
    ["a name for an address", { operatorAddresses: ["vpn.example.com"] }, "must be public IPv4 addresses"],
    [
        "a repository with its owner",
        { github: { organisation: "contoso", repository: "contoso/ml" } },
        "mlplatform-bootstrap:github.repository must be the name of a repository",
    ],
    [
        "an organisation's name for its id",
        { azureDevOps: { ...devOps, organisationId: "contoso" } },
        "mlplatform-bootstrap:azureDevOps.organisationId must be a GUID",
    ],
    [
        "a subject for all branches",
        { federations: [{ identity: "deploy", ...pullRequests, subject: "repo:contoso/ml:*" }] },
        "subject must name one subject",
    ],
    [
        "an issuer in clear",
        { federations: [{ identity: "deploy", ...pullRequests, issuer: "http://x", subject: "s" }] },
        "issuer must be an https address",
    ],
    [
        "pull requests that deploy",
        { federations: [{ identity: "deploy", ...pullRequests }] },
        "a pull request could deploy itself",
    ],
    [
        "one connection for both",
        { azureDevOps: { ...devOps, deployConnection: "mlp-preview" } },
        "a pull request could deploy itself",
    ],
    [
        "a credential twice",
        { federations: [{ identity: "preview", ...pullRequests }] },
        "issuer and subject must be no other credential's",
    ],
    ["a generation of 0", { generation: 0 }, "mlplatform-bootstrap:generation must be a whole number from 1 to 99"],
])("refuses %s", (_, change, message) => {
    expect(faultsOf(change)).toContain(message);
});

test("GitHub and Azure DevOps become the subjects that they vouch for", () => {
    const both = { ...good, "mlplatform-bootstrap:azureDevOps": JSON.stringify(devOps) };
    const { preview, deploy } = readBootstrapSettings(both).federations;
    expect(preview.map(({ subject }) => subject)).toEqual([
        "repo:contoso/mlplatform:pull_request",
        "sc://contoso/ML/mlp-preview",
    ]);
    expect(deploy.map(({ subject }) => subject)).toEqual([
        "repo:contoso/mlplatform:environment:dev",
        "repo:contoso/mlplatform:environment:prod",
        "sc://contoso/ML/mlp-deploy",
    ]);
    expect(deploy[2]?.issuer).toBe("https://vstoken.dev.azure.com/88888888-8888-4888-8888-888888888888");
});

// Not parsed with a YAML library: the two places where keys are listed must read alike to people too.
const projectFile = readFileSync(join(__dirname, "..", "..", "bootstrap", "Pulumi.yaml"), "utf8");
test("bootstrap/Pulumi.yaml describes the very keys that are read", () => {
    const described = [...projectFile.slice(projectFile.indexOf("\nconfig:")).matchAll(/^ {2}(\w+):$/gm)];
    const read = Object.keys(bootstrapKeys).filter((key) => key.startsWith(bootstrapNamespace));
    expect(described.map(([, key]) => `${bootstrapNamespace}:${key ?? ""}`).sort()).toEqual(read.sort());
});
