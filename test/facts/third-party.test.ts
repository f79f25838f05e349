import { sources } from "../../facts/sources";
import {
    mirroredRepository,
    thirdParties,
    thirdParty,
    thirdPartyNames,
    thirdPartySources,
} from "../../facts/third-party";

const parts = thirdPartyNames.map((name) => [name, thirdParty(name)] as const);

test.each(parts)("%s has a version, a page and a date", (_, part) => {
    expect(part.version).toMatch(/^[a-z]*[\w.-]*\d[\w.-]*$/);
    expect(part.source).toMatch(/^https:\/\//);
    expect(Number.isNaN(Date.parse(part.date))).toBe(false);
});

// A digest that was found elsewhere is a stranger's word until the registry was asked.
test.each(parts)("%s has no digest that passes for ours", (_, part) => {
    if (part.kind === "archive" || part.digest === undefined) return;
    expect(part.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(part.source).toContain("unverified");
});

test.each(parts)("the way out that %s names leads to where it is published", (_, part) => {
    const address = part.kind === "archive" ? new URL(part.index).host : part.repository.split("/")[0];
    const hosts: readonly string[] = sources[part.from].hosts;
    // Docker's registry answers by another name than images carry.
    expect(hosts).toContain(address === "docker.io" ? "registry-1.docker.io" : address);
});

test("each has a place of its own in the platform's registry", () => {
    const places = thirdPartyNames.map(mirroredRepository);
    expect(new Set(places).size).toBe(places.length);
    expect(mirroredRepository("keda")).toBe("mirror/kedacore/keda");
    expect(mirroredRepository("keda-chart")).toBe("mirror/charts/keda");
    expect(mirroredRepository("envoy-gateway-chart")).toBe("mirror/charts/gateway-helm");
});

test("the sources are those of the list, and no others", () => {
    expect([...thirdPartySources].sort()).toEqual(
        [...new Set(Object.values(thirdParties).map(({ from }) => from))].sort(),
    );
});
