import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Home } from "./command";

const minutes = 60_000;
const root = join(__dirname, "..", "..");

// In order: each goes on from where the one before has left the platform.
describe("the dev platform", () => {
    const home = new Home();
    afterAll(() => {
        home.remove();
    });

    test(
        "comes up with one command, which tells what was made, what it would take on Azure and what comes next",
        async () => {
            const told = await home.succeed("start", "dev");
            expect(told).toMatch(/preview: \d+ to create\n/);
            expect(told).toMatch(/\d+\/\d+ {2}created +containerservice:ManagedCluster +cluster/);
            expect(told).toMatch(/In the sandbox now\n(.*\n)*.* 1 {2}containerservice:ManagedCluster/);
            expect(told).toMatch(/Outputs\n(.*\n)*.*registry\.loginServer +\S+\.azurecr\.io/);
            expect(told).toMatch(
                /On Azure this would take about \d+ min, decided by this chain[^\n]*\n(.*\n)*.*ManagedCluster/,
            );
            const picture = /Picture\n +(\S+\.svg)\n/.exec(told)?.[1] ?? "";
            expect(readFileSync(picture, "utf8")).toContain("AKS API server");
            expect(told).toContain("npm run stop");
            expect(told).toContain('"dev" is up');
        },
        3 * minutes,
    );

    test(
        "is exported as JSON that holds every resource",
        async () => {
            const exported = (await home.exported()) as {
                resources: { type: string; inputs: object; outputs: object }[];
            };
            const { resources } = exported;
            expect(resources.map(({ type }) => type)).toContain("azure-native:containerregistry:Registry");
            for (const { inputs, outputs } of resources) {
                expect(inputs).toBeInstanceOf(Object);
                expect(outputs).toBeInstanceOf(Object);
            }
            expect(await home.idsInState()).toEqual(await home.idsInAzure());
        },
        minutes,
    );

    test(
        "needs no changes when it is started again, even twice at once",
        async () => {
            const both = await Promise.all([home.succeed("start", "dev"), home.succeed("start", "dev")]);
            for (const told of both) {
                expect(told).toContain("no changes");
                expect(told).not.toMatch(/created|updated|replaced|deleted/);
            }
            expect(both.join()).toMatch(/waiting for `start dev`/);
        },
        2 * minutes,
    );

    test(
        "shows drift on refresh, and up puts it right",
        async () => {
            await home.succeed("sandbox", "set", "vnet-mlp-dev-sdc", "tags.owner=someone");
            await home.succeed("sandbox", "delete", "snet-mlp-dev-sdc-agents");
            const open = await home.run(["drift", "dev", "--json"]);
            const found = JSON.parse(open.stdout) as { open: { finding: { name: string; path?: string } }[] };
            expect(open.code).toBe(7);
            expect(found.open.map(({ finding: { name, path } }) => [name, path])).toEqual([
                ...[["network", "tags.owner"], ["network-agents"]],
            ]);
            const drift = await home.succeed("refresh");
            expect(drift).toMatch(/changed +network:VirtualNetwork network: tags.*someone/);
            expect(drift).toMatch(/gone +network:Subnet network-agents/);
            const righted = await home.succeed("up");
            expect(righted).toMatch(/update +network:VirtualNetwork +network +tags/);
            expect(righted).toMatch(/created +network:Subnet +network-agents/);
            expect(await home.succeed("refresh")).toContain("no drift");
            expect(await home.succeed("drift", "dev")).toContain("0 open, 0 waived, 0 adopted");
            expect(await home.succeed("preview")).toMatch(/preview: \d+ unchanged/);
        },
        3 * minutes,
    );

    test(
        "is gone after stop: what goes and what stays reserved is told before and after",
        async () => {
            const plan = await home.succeed("teardown", "dev");
            expect(plan).toMatch(/Protection\n +none in dev/);
            expect(plan).toMatch(/ManagedCluster cluster[^]*VirtualNetwork network[^]*ResourceGroup platform-group/);
            expect(plan).toMatch(/Vault +kv-mlp-dev-\S+ +name held until 20\d\d-\d\d-\d\d/);
            expect(plan).toMatch(/pulumi config set --path mlplatform:generations\.vault 2 --stack dev/);
            expect(plan).toMatch(/What stays\n.*state account/);
            const told = await home.succeed("stop", "dev");
            expect(told).toMatch(/names stay reserved\n(?: +\S+ +\S+\n)*? +keyvault:Vault +kv-mlp-dev/);
            expect(told).toContain("rm -rf");
            expect(await home.idsInAzure()).toEqual([]);
            expect(await home.succeed("stop", "dev")).toContain("nothing of it is there");
        },
        2 * minutes,
    );

    test(
        "comes up again after stop, under the next generation's names",
        async () => {
            const told = await home.succeed("start", "dev");
            expect(told).toMatch(/names held by deleted resources: .*kv-mlp-dev.*mlplatform:generation 2/);
            expect(told).toContain('"dev" is up');
            expect(await home.idsInState()).toEqual(await home.idsInAzure());
        },
        3 * minutes,
    );

    test("leaves no trace of the sandbox in committed files", () => {
        for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml"]) {
            const text = readFileSync(join(root, file), "utf8");
            expect(text).not.toMatch(/11111111-1111-4111|PULUMI_DEBUG_PROVIDERS|encryptionsalt/);
        }
    });
});

describe("what the user gets wrong is said without a stack trace", () => {
    const home = new Home();
    afterAll(() => {
        home.remove();
    });

    test.each([
        [["start", "nowhere"], /there is no stack "nowhere": Pulumi\.nowhere\.yaml is missing\. There is: .*dev/],
        [["start", "../dev"], /"\.\.\/dev" is no name of a stack/],
        [["fly"], /there is no command "fly"/],
        [["start", "dev", "--clock", "fast"], /--clock must be a number from 0 to 100, got "fast"/],
        [["start", "--turbo"], /Unknown option '--turbo'.*Usage: mlplatform start/],
        [["export"], /wrong number of arguments.*Usage: mlplatform export STACK/],
        [["sandbox", "show", "nothing"], /there is no "nothing" in the sandbox's Azure/],
        [["bench", "nothing"], /no benchmark "nothing". There is: /],
    ])(
        "%j",
        async (args, message) => {
            const { code, stderr } = await home.run(args);
            expect(stderr).toMatch(message);
            expect(stderr).not.toMatch(/^\s+at /m);
            expect(code).toBe(1);
        },
        minutes,
    );
});
