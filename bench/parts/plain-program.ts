import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/workspace";
import { dropApiVersionAliases } from "../../stacks/api-version-aliases";

/** A resource with everything known: no component above it, no output feeding it. */
export interface PlainResource {
    type: string;
    name: string;
    inputs: pulumi.Inputs;
}

type ResourceClass = new (name: string, args: pulumi.Inputs) => pulumi.CustomResource;

/** The provider package's own class of a type, loaded alone as the project loads it. */
function classOf(type: string): ResourceClass {
    const [, module = "", noun = ""] = type.split(":");
    const folder = join(dirname(require.resolve("@pulumi/azure-native/package.json")), module);
    const file = readdirSync(folder).find((name) => name.toLowerCase() === `${noun.toLowerCase()}.js`);
    if (file === undefined) throw new Error(`@pulumi/azure-native has no class for ${type}`);
    const loaded = require(join(folder, file)) as Record<string, ResourceClass>; // eslint-disable-line @typescript-eslint/no-require-imports
    const found = loaded[noun];
    if (found === undefined) throw new Error(`${join(folder, file)} does not export ${noun}`);
    return found;
}

/** The floor of a measurement: the same resources with the same inputs and nothing else of a program. */
export function plainProgram(resources: readonly PlainResource[], { withoutAliases = false } = {}): PulumiFn {
    return () => {
        if (withoutAliases) dropApiVersionAliases();
        for (const { type, name, inputs } of resources) new (classOf(type))(name, inputs);
        return Promise.resolve();
    };
}
