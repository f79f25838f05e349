import { Home } from "./command";
import type { Kill } from "./command";

const minutes = 60_000;

/** Converged: nothing in Azure that the state does not know, and nothing lost. */
async function expectConverged(home: Home): Promise<void> {
    const inAzure = await home.idsInAzure();
    expect(inAzure.length).toBeGreaterThan(50);
    expect(await home.idsInState()).toEqual(inAzure);
}

describe("a start that is killed and run again goes on from where it stopped", () => {
    const home = new Home("off", true);
    afterAll(() => {
        home.remove();
    });

    // One after the other on the same platform, each at a later moment.
    test.each<[string, Kill]>([
        ["everything, before the preview has ended", { what: "everything", when: /real Pulumi engine/ }],
        ["everything, with the first resources made", { what: "everything", when: / 4\/\d+ {2}created/ }],
        ["the command alone, in the middle", { what: "command", when: / 9\/\d+ {2}created/ }],
        ["the engine alone, in the middle", { what: "engine", when: / 14\/\d+ {2}created/ }],
        [
            "everything, while Azure makes the cluster",
            { what: "everything", when: /PrivateDnsZoneGroup +records-blob/ },
        ],
    ])(
        "killed: %s",
        async (_case, kill) => {
            // Slow enough that operations are under way when the blow falls.
            const { stdout, code } = await home.run(["start", "dev", "--clock", "0.003"], kill);
            expect(stdout).not.toContain('"dev" is up');
            expect(code).not.toBe(0);
        },
        2 * minutes,
    );

    test(
        "and ends with everything there, known to the state",
        async () => {
            expect(await home.succeed("start", "dev")).toContain('"dev" is up');
            await expectConverged(home);
            expect(await home.succeed("start", "dev")).toContain("no changes");
        },
        3 * minutes,
    );

    test(
        "a stop that is killed is finished by the next start, which brings a whole platform up",
        async () => {
            await home.run(["stop", "dev"], { what: "everything", when: / 9\/\d+ {2}deleted/ });
            const told = await home.succeed("start", "dev");
            expect(told).toContain("an earlier `stop` was interrupted: finishing it first");
            await expectConverged(home);
        },
        3 * minutes,
    );
});

test(
    "Ctrl-C lets what runs finish, ends with 130, and leaves no lock behind",
    async () => {
        const home = new Home("off", true);
        let group = 0;
        const run = home.run(["start", "dev", "--clock", "0.003"], undefined, (pid) => (group = pid));
        await new Promise((done) => setTimeout(done, 4_000));
        process.kill(-group, "SIGINT"); // as a terminal does: to the whole group
        const { code, stdout } = await run;
        expect(stdout).toContain("stopping: what is under way is being finished");
        expect(stdout).toContain("interrupted;");
        expect(code).toBe(130);
        expect(await home.succeed("recover")).toContain("locks of dead owners removed: 0");
        home.remove();
    },
    2 * minutes,
);
