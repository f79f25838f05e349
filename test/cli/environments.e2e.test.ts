import { Home } from "./command";

const minutes = 60_000;

// The committed file as it is. teardown.e2e.test.ts brings prod up, and down.
describe.each(["staging"])("%s", (stack) => {
    const home = new Home();
    afterAll(() => {
        home.remove();
    });

    test(
        "comes up with one command, needs no changes after, and does not go without a teardown",
        async () => {
            const told = await home.succeed("start", stack);
            expect(told).toMatch(/created +network:AzureFirewall/);
            expect(told).toMatch(/Different from dev\n +Tier +dev +\w+\n(.*\n)* +protect +no +yes/);
            expect(told).toContain(`"${stack}" is up`);
            expect(await home.succeed("preview", stack)).toMatch(/preview: \d+ unchanged/);

            const refused = await home.run(["stop", stack]);
            expect(refused.stderr).toMatch(/is protected: \d+ of its resources.*\n.*mlplatform:teardown true --stack/);
            expect(refused.code).toBe(1);
            expect(await home.succeed("preview", stack)).toMatch(/preview: \d+ unchanged/);
        },
        3 * minutes,
    );
});
