import { durationOf, durations } from "../../facts/durations";
import { azureTypes } from "../../sandbox/azure/types";

test("every resource type of the platform has its durations", () => {
    expect(azureTypes.map(({ token }) => token).filter((token) => !(token in durations))).toEqual([]);
});

test.each(Object.entries(durations))("%s says how long each step takes and where that comes from", (_, duration) => {
    for (const step of ["create", "update", "delete"] as const) {
        expect(duration[step]).toBeGreaterThan(0);
        expect(duration[step]).toBeLessThan(1800); // more is a mistake: no type here takes half an hour
    }
    expect(duration.source).not.toBe("");
    if (duration.quality !== "unverified") expect(duration.source).toMatch(/#\d+|\.md/);
});

test("what is not listed is assumed to be quick, and marked so", () => {
    expect(durationOf("azure-native:network:Nothing")).toMatchObject({ create: 5, quality: "unverified" });
});
