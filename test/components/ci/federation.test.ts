import { CiIdentity } from "../../../components/ci/ci-identity";
import { federationFaults, type Federation } from "../../../components/ci/federation";
import { place } from "../place";

const one: Federation = {
    name: "github-dev",
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:a/b:environment:dev",
};

test("good credentials have no faults", () => {
    expect(
        federationFaults("federations", [one, { ...one, name: "github-prod", subject: "repo:a/b:environment:prod" }]),
    ).toEqual([]);
});

test.each<[string, Federation[], string]>([
    ["a name of two", [{ ...one, name: "ab" }], 'name must be 3 to 120 of letters, digits, "-" and "_", got "ab"'],
    [
        "a name twice",
        [one, { ...one, subject: "other" }],
        'name must be no other credential\'s, got "github-dev" again',
    ],
    ["a long subject", [{ ...one, subject: "s".repeat(601) }], "subject must be 1 to 600 characters"],
    ["no subject", [{ ...one, subject: " " }], "subject must be 1 to 600 characters"],
    [
        "more than Azure takes",
        Array.from({ length: 21 }, (_, i) => ({ ...one, name: `n-${i}`, subject: `s${i}` })),
        "must be at most 20 for one identity, got 21",
    ],
])("refuses %s", (_, federations, message) => {
    expect(federationFaults("federations", federations).join("\n")).toContain(message);
    expect(() => new CiIdentity("ci", { ...place, instance: "ci", federations })).toThrow(message);
});
