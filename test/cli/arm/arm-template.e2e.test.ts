import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ArmTemplate } from "../../../cli/arm/template";
import { schemaOf } from "../../../cli/local-azure";
import { places } from "../../../cli/places";
import { policyRows } from "../../../facts/policy-definitions";
import { roleDefinitions } from "../../../facts/role-definitions";
import { readSchema } from "../../../sandbox/azure/schema";
import { sandboxCosmosDbObjectId } from "../../../sandbox/azure/types/machine-learning";
import { Home } from "../command";
import { templateFaults } from "./template-faults";

const minutes = 60_000;
const guid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Groups and others of the directory, where the committed file leaves them to its user. */
const standIn = "55555555-5555-4555-8555-";

async function armTemplate(home: Home, ...args: string[]): Promise<ArmTemplate> {
    const file = join(home.folder, "template.json");
    expect(await home.succeed("export", ...args, "--arm", file)).toMatch(/\d+ resources are in .*template\.json/);
    return JSON.parse(readFileSync(file, "utf8")) as ArmTemplate;
}

describe.each(["dev", "staging", "prod"])("the ARM template of %s as planned", (stack) => {
    const home = new Home();
    afterAll(() => {
        home.remove();
    });

    test(
        "is whole and right, and holds nothing that only the sandbox's Azure could know",
        async () => {
            const template = await armTemplate(home, stack);
            expect(template.metadata.description).toContain(`Stack ${stack} as planned`);
            expect(template.resources.length).toBeGreaterThan(80);
            expect(template.parameters).toEqual({});
            expect(templateFaults(template, readSchema(await schemaOf(places())))).toEqual([]);
            // A role of a group that the config names has a name that the program computes from it.
            const values = template.resources.map(({ name, ...rest }) => ({ ...rest, name: name.replace(guid, "") }));
            const guids = JSON.stringify(values).match(guid) ?? [];
            // Cosmos DB's own application has an object id in each directory, which the config names.
            const policies = Object.values(policyRows).map((row) => row.guid);
            const known: string[] = [...Object.values(roleDefinitions), ...policies, sandboxCosmosDbObjectId];
            expect(guids.filter((one) => !known.includes(one) && !one.startsWith(standIn))).toEqual([]);
        },
        minutes,
    );
});

test(
    "what the plan's template says is what is deployed",
    async () => {
        const home = new Home();
        try {
            const planned = await armTemplate(home, "dev", "--planned");
            await home.succeed("start", "dev");
            const deployed = await armTemplate(home, "dev");
            expect(deployed.metadata.description).toContain("as deployed");
            expect(deployed.resources).toEqual(planned.resources);
            // A plan of what is there already is the same again, and nothing was made or changed by asking.
            expect((await armTemplate(home, "dev", "--planned")).resources).toEqual(planned.resources);
            expect(await home.succeed("preview")).toMatch(/preview: \d+ unchanged/);
        } finally {
            home.remove();
        }
    },
    3 * minutes,
);
