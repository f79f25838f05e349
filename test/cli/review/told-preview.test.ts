import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { StorageAccount } from "@pulumi/azure-native/storage/storageAccount";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import { tellPreview } from "../../../cli/review/told-preview";
import type { Preview, ResourceChange } from "../../../review/model/preview";
import { Secret, Unknown } from "../../../review/model/value";
import { SmallProject } from "./small-project";

// What reviewers learn of previews of the real engine: every kind of change, and of secrets only that they changed.
jest.setTimeout(120_000);

/** Secrets that must be seen nowhere. */
const canaries = {
    kept: "canary-kept-4711",
    before: "canary-before-0815",
    after: 'canary-after-"quoted"',
    deep: "canary-deep-1234",
    output: "canary-output-9876",
};

interface Program {
    secret: string;
    accountName: string;
    second: boolean;
    warns?: string;
}

const program =
    ({ secret, accountName, second, warns }: Program): PulumiFn =>
    () => {
        const location = "swedencentral";
        const group = new ResourceGroup("group", {
            ...{ resourceGroupName: "rg-small", location },
            tags: { kept: pulumi.secret(canaries.kept), turned: pulumi.secret(secret), plain: accountName },
        });
        const account = new StorageAccount("account", {
            ...{ accountName, resourceGroupName: group.name, location, kind: "StorageV2" },
            sku: { name: "Standard_LRS" },
        });
        if (second)
            new ResourceGroup("second", {
                ...{ resourceGroupName: "rg-second", location },
                tags: {
                    of: account.id,
                    deep: pulumi.secret({ in: [canaries.deep] }).apply((value) => value.in[0] ?? ""),
                },
            });
        if (warns !== undefined) void pulumi.log.warn(warns);
        return Promise.resolve({ told: pulumi.secret(canaries.output) });
    };

let project: SmallProject;
const previews: Record<"first" | "changed" | "emptied", Preview> = {} as never;
beforeAll(async () => {
    project = await SmallProject.open();
    const before = { secret: canaries.before, accountName: "stsmall1", second: false };
    const changed = { secret: canaries.after, accountName: "stsmall2", second: true };
    previews.first = await tellPreview(project.run(program(before)));
    await project.up(program(before));
    const warns = `tags hold ${JSON.stringify(canaries.after)} and ${canaries.kept}`;
    previews.changed = await tellPreview(project.run(program({ ...changed, warns })));
    previews.emptied = await tellPreview(project.run(() => Promise.resolve({})));
});
afterAll(() => project.close());

function changeOf(preview: Preview, name: string): ResourceChange {
    const found = preview.resources.find((each) => each.name === name);
    if (!found) throw new Error(`no ${name} in the preview`);
    return found;
}

const tagOf = (state: ResourceChange["new"], tag: string): unknown =>
    (state?.inputs.tags as Record<string, unknown> | undefined)?.[tag];

test("a preview says whose it is, and all that would be made", () => {
    const { project: name, stack, resources } = previews.first;
    expect([name, stack]).toEqual(["mlplatform", "dev"]);
    expect(resources.filter(({ custom }) => custom).map((each) => [each.name, each.operation])).toEqual([
        ["group", "create"],
        ["account", "create"],
    ]);
});

test("an update, a replacement with what forces it, and a creation are told apart", () => {
    const [group, account, second] = ["group", "account", "second"].map((name) => changeOf(previews.changed, name));
    expect([group, account, second].map((each) => each?.operation)).toEqual(["update", "replace", "create"]);
    expect(group?.changes.map(({ path }) => path)).toEqual(["tags.plain", "tags.turned"]);
    expect(account?.changes).toEqual([
        { path: "accountName", kind: "update", replaces: true, old: "stsmall1", new: "stsmall2" },
    ]);
});

test("what hangs on what is told, and what is not known before the update is no text", () => {
    const second = changeOf(previews.changed, "second");
    expect(second.new?.dependencies).toEqual([changeOf(previews.changed, "account").urn]);
    expect(tagOf(second.new, "of")).toEqual(new Unknown("string"));
});

test("a secret that turns shows as two fingerprints, one that stays as the same", () => {
    const group = changeOf(previews.changed, "group");
    const turned = group.changes.find(({ path }) => path === "tags.turned");
    const { old, new: asked } = turned ?? {};
    expect([old, asked].map((each) => (each instanceof Secret ? each.fingerprint : each))).toEqual([
        expect.stringMatching(/^[0-9a-f]{64}$/),
        expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(old).not.toEqual(asked);
    expect(tagOf(group.new, "kept")).toEqual(tagOf(group.old, "kept"));
    expect(tagOf(group.new, "kept")).toEqual(tagOf(changeOf(previews.first, "group").new, "kept"));
    expect(tagOf(changeOf(previews.changed, "second").new, "deep")).toEqual(
        new Secret(expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string),
    );
});

test("what the program gives up is deleted", () => {
    const { resources } = previews.emptied;
    expect(resources.filter(({ operation }) => operation === "delete").map(({ name }) => name)).toEqual([
        "account",
        "group",
    ]);
});

test("no secret is in anything that a preview tells, quoted in a warning or not", () => {
    const told = JSON.stringify(previews);
    for (const canary of Object.values(canaries)) {
        expect(told).not.toContain(canary);
        expect(told).not.toContain(JSON.stringify(canary).slice(1, -1));
    }
    const { diagnostics } = previews.changed;
    expect(diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message)).toEqual([
        expect.stringContaining('tags hold "[secret]" and [secret]'),
    ]);
});
