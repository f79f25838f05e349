import * as pulumi from "@pulumi/pulumi";
import { dropApiVersionAliases } from "../../stacks/api-version-aliases";
import { foundation } from "../../stacks/foundation";
import { readSettings } from "../../stacks/settings";
import { seen, value, type Seen } from "../mocks";

/** A foundation as the program registered it. */
interface Built {
    outputs: Record<string, unknown>;
    resources: readonly Seen[];
}

const built = new Map<string, Promise<Built>>();

/** Builds a foundation from config; `seen` holds its resources afterwards. Once a test file, as that takes seconds. */
export async function buildFoundation(config: Readonly<Record<string, string>>): Promise<Built> {
    const key = JSON.stringify(config);
    const making = built.get(key) ?? make(config);
    built.set(key, making);
    const { outputs, resources } = await making;
    seen.splice(0, seen.length, ...resources);
    return { outputs, resources };
}

async function make(config: Readonly<Record<string, string>>): Promise<Built> {
    // In a stack, as the program is, where aliases that no stack has can be dropped: that is half of the time.
    const made = pulumi.runtime.runInPulumiStack(() => {
        dropApiVersionAliases();
        return Promise.resolve(foundation(readSettings(config)));
    });
    const outputs = (await value(pulumi.output(made))) ?? {};
    // Registrations go on after the outputs are known: waits until no more come.
    for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await new Promise((done) => setTimeout(done, 50));
    }
    return { outputs, resources: [...seen] };
}

/** The same without components. */
export async function azureResources(config: Readonly<Record<string, string>>): Promise<readonly Seen[]> {
    const { resources } = await buildFoundation(config);
    return resources.filter(({ type }) => type.startsWith("azure-native:"));
}
