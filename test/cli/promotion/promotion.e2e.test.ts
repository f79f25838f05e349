import { Home } from "../command";

test("the committed prod gets what the committed staging has, but for what is listed", async () => {
    const home = new Home();
    try {
        const proof = JSON.parse(await home.succeed("promotion", "staging", "prod", "--json")) as {
            compared: number;
            listed: { row: { reason: string } }[];
            unlisted: object[];
        };
        expect(proof.unlisted).toEqual([]);
        expect(proof.compared).toBeGreaterThan(200);
        expect(proof.listed.length).toBeLessThan(proof.compared);
        const refused = await home.run(["promotion", "dev", "prod"]);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain('has no promotion from "dev" to "prod"');
    } finally {
        home.remove();
    }
}, 120_000);
