import { Home } from "./command";

jest.setTimeout(300_000);

test("what comes before the platform comes up, stays as it is, and is not destroyed by mistake", async () => {
    const home = new Home();
    try {
        const first = await home.succeed("start", "bootstrap");
        expect(first).toContain("azblob://dev?storage_account=stmlpbootstate");
        expect(first).toContain('"bootstrap" is up');
        expect(await home.succeed("start", "bootstrap")).toContain("nothing had to be done");
        const { code, stderr } = await home.run(["stop", "bootstrap"]);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/protect/i);
    } finally {
        home.remove();
    }
});
