import { previewOnAzure } from "../../cli/review/azure-preview";
import { fingerprintKey } from "../../cli/review/told-preview";
import type { Preview } from "../../review/model/preview";
import { Secret } from "../../review/model/value";
import { liveConfig } from "../live-config";
import { CompiledProject } from "./compiled-project";

// `mlplatform review STACK --azure`: a preview of the user's own `pulumi`, as a pipeline's job runs it.
jest.setTimeout(120_000);

const main = `
const pulumi = require("@pulumi/pulumi");
const { ResourceGroup } = require("@pulumi/azure-native/resources/resourceGroup");
module.exports = () => {
    const [edit] = require("./edits.json");
    new ResourceGroup("group", {
        ...{ resourceGroupName: "rg-plain", location: edit === undefined ? "swedencentral" : edit[1] },
        tags: { kept: pulumi.secret("canary-kept-4711"), turned: pulumi.secret(edit === undefined ? "canary-one" : "canary-two") },
    });
    if (edit !== undefined && edit[1] === "nowhere") throw new Error("canary-kept-4711 leads nowhere");
};
`;
const key = fingerprintKey("key of a test", "mlplatform/dev");

let project: CompiledProject;
beforeAll(async () => {
    project = await CompiledProject.open(liveConfig, main);
    const up = await project.pulumi("up", "-s", "dev", "--yes", "--skip-preview");
    if (up.code !== 0) throw new Error(up.output);
});
afterAll(() => project.close());

const preview = (stack = "dev", known = true): Promise<Preview> =>
    previewOnAzure({ folder: project.folder, environment: project.variables }, stack, known ? key : undefined);
const changes = ({ resources }: Preview): unknown[] =>
    resources.filter(({ name }) => name === "group").flatMap((each) => each.changes);

test("it tells that a secret turns, and which one, but not to what", async () => {
    project.edit(["group", "swedencentral", ""]);
    const told = await preview();
    const fingerprint = new Secret(expect.stringMatching(/^[0-9a-f]{64}$/) as string);
    expect(changes(told)).toEqual([
        { path: "tags.turned", kind: "update", replaces: false, old: fingerprint, new: fingerprint },
    ]);
    expect(JSON.stringify(told)).not.toContain("canary");
});

test("without a key it never asks for a secret", async () => {
    project.edit(["group", "swedencentral", ""]);
    const told = await preview("dev", false);
    expect(changes(told)).toEqual([
        { path: "tags.turned", kind: "update", replaces: false, old: new Secret(""), new: new Secret("") },
    ]);
});

test("a preview that fails is told with its errors, whose secrets are masked", async () => {
    project.edit(["group", "nowhere", ""]);
    const told = await preview();
    const errors = told.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expect(errors.join()).toContain("[secret] leads nowhere");
    expect(JSON.stringify(told)).not.toContain("canary");
});

test("a stack that is not there is what Pulumi says of it", async () => {
    await expect(preview("none")).rejects.toThrow(/could not read the state of "none":.*no stack named/s);
});
