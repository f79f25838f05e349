import { shortName } from "../../components/names";
import type { FoundationContract } from "../../stacks/contract";
import { all, only } from "../mocks";
import { buildFoundation } from "./built-foundation";
import { prod } from "./good-settings";

jest.setTimeout(60_000);

const withTwo = { ...prod, "mlplatform:teamWorkspaces": '["vision","audio"]' };
const named = (token: string): string[] => all(token).map(({ name }) => name);

test("a team's own workspace has its own vault, account, key, identity and endpoints, and shares none with others", async () => {
    await buildFoundation(withTwo);
    const short = shortName("vision");
    const { inputs, options } = only("machinelearningservices:Workspace", "vision-workspace");
    expect(inputs).toMatchObject({
        ...{ workspaceName: `mlw-mlp-prod-sdc-${short}-1`, friendlyName: "mlp prod vision" },
        ...{ storageAccount: "/id/vision-workspace-storage", keyVault: "/id/vision-workspace-vault" },
        ...{ primaryUserAssignedIdentity: "/id/vision-workspace-key-identity", publicNetworkAccess: "Disabled" },
        ...{ encryption: { status: "Enabled" }, tags: { team: "vision" } },
    });
    expect(options.protect).toBe(true);
    for (const property of ["workspaceName", "storageAccount", "keyVault", "primaryUserAssignedIdentity"]) {
        const values = all("machinelearningservices:Workspace").map(({ inputs: own }) => own[property]);
        expect(values).toHaveLength(3);
        expect(new Set(values).size).toBe(3);
    }
    for (const part of ["link", "vault-link", "storage-blob", "storage-file"])
        expect(named("network:PrivateEndpoint")).toContain(`vision-workspace-${part}`);
});

test("it is logged and counted as the shared one is", async () => {
    await buildFoundation(withTwo);
    const logged = all("monitor:DiagnosticSetting").map(({ inputs }) => inputs.resourceUri);
    for (const id of ["/id/vision-workspace", "/id/vision-workspace-vault"]) expect(logged).toContain(id);
    const counted = JSON.stringify(only("consumption:Budget").inputs.filter);
    for (const team of ["vision", "audio"])
        expect(counted).toContain(`azureml-rg-mlw-mlp-prod-sdc-${shortName(team)}-1`);
});

test("stacks above are told of each team's", async () => {
    const { outputs } = await buildFoundation(withTwo);
    const machineLearning = outputs.machineLearning as FoundationContract["machineLearning"];
    expect(Object.keys(machineLearning.teams)).toEqual(["vision", "audio"]);
    expect(machineLearning.teams.audio).toMatchObject({
        ...{ workspaceId: "/id/audio-workspace", storageAccountId: "/id/audio-workspace-storage" },
        trackingUri: `azureml://mlw-mlp-prod-sdc-${shortName("audio")}-1`,
    });
    expect(machineLearning.workspaceId).toBe("/id/workspace");
});
