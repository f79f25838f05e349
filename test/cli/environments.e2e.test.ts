import { Home } from "./command";

const minutes = 60_000;

// The committed files as they are. teardown.e2e.test.ts brings prod up, and down.
describe.each(["staging"])("%s", (stack) => {
    const home = new Home("on");
    afterAll(() => {
        // The control plane ends once its folder is gone.
        home.remove();
    });

    test(
        "comes up with one command, layer by layer, needs no changes after, and does not go without a teardown",
        async () => {
            const told = await home.succeed("start", "--environment", stack);
            expect(told).toMatch(/created +network:AzureFirewall/);
            expect(told).toMatch(/Different from dev\n +Tier +dev +\w+\n(.*\n)* +protect +no +yes/);
            const layers = ["", "-images", "-services", "-vision"].map((layer) => `${stack}${layer}`);
            const up = [...told.matchAll(/"([\w-]+)" is up\n/g)].map(([, name]) => name);
            expect(up).toEqual(layers);
            const unchanged = async (layer: string): Promise<void> => {
                expect(await home.succeed("preview", layer)).toMatch(/preview: \d+ unchanged/);
            };
            for (const layer of layers) await unchanged(layer);

            for (const whole of [[stack], ["--environment", stack]]) {
                const refused = await home.run(["stop", ...whole]);
                expect(refused.stderr).toMatch(
                    /is protected: \d+ of its resources.*\n.*mlplatform:teardown true --stack/,
                );
                expect(refused.code).toBe(1);
            }
            for (const layer of [stack, `${stack}-vision`]) await unchanged(layer);
        },
        8 * minutes,
    );
});

test("an environment without stacks is told, and so is a stack beside an environment", async () => {
    const home = new Home();
    try {
        const refusal = async (...args: string[]): Promise<string> => (await home.run(["start", ...args])).stderr;
        expect(await refusal("--environment", "test")).toContain(
            '--environment must be one that has stacks, dev, prod, staging, got "test"',
        );
        expect(await refusal("dev", "--environment", "dev")).toContain(
            "a stack or --environment, got both: dev and dev",
        );
    } finally {
        home.remove();
    }
});
