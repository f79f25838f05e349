import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { places } from "../../cli/places";
import { layersOf } from "../../cli/workspace";
import { readImagesSettings } from "../../stacks/settings/images";
import { readServicesSettings } from "../../stacks/settings/services";
import { readTeamSettings } from "../../stacks/settings/team";
import { environments, tiers } from "../../stacks/tiers";

const at = places();

/** A stack's committed file as the program reads it, with what is its user's to say. */
function configOf(stack: string): Record<string, string> {
    const { config } = parse(readFileSync(join(at.root, `Pulumi.${stack}.yaml`), "utf8")) as {
        config: Record<string, unknown>;
    };
    const id = "11111111-1111-4111-8111-111111111111";
    const own = Object.entries(config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return { ...Object.fromEntries(own), "azure-native:subscriptionId": id, "azure-native:tenantId": id } as Record<
        string,
        string
    >;
}

test.each(environments)("%s has every layer, each of which names the others of its environment", (environment) => {
    const layers = ["", "-images", "-services", "-vision"].map((layer) => `${environment}${layer}`);
    expect(layersOf(at, environment)).toEqual(layers);
    const [foundation = "", images = "", services = "", team = ""] = layers;
    const common = { environment, tier: tiers[environment], foundation };
    expect(readImagesSettings(configOf(images))).toMatchObject(common);
    expect(readServicesSettings(configOf(services))).toMatchObject({ ...common, images });
    expect(readTeamSettings(configOf(team))).toMatchObject({ ...common, images, services, team: "vision" });
});

test("the same parts are in every environment's cluster", () => {
    const keys = environments.map((environment) => Object.keys(configOf(`${environment}-services`)));
    const parts = (all: string[] = []): string[] => all.filter((key) => key !== "mlplatform:backup").sort();
    expect(parts(keys[1])).toEqual(parts(keys[0]));
    expect(parts(keys[2])).toEqual(parts(keys[0]));
});
