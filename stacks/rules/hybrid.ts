import { planAddresses, addressFaults } from "../../components/network/address-plan";
import { parseCidr } from "../../components/network/cidr";
import { hybridFaults, onPremisesBlocks, type HybridChoice } from "../../components/network/hybrid";
import { zoneNames } from "../../components/network/private-link-targets";
import { zoneUses } from "../foundation-parts";
import type { Settings } from "../settings";
import { joinedBlocks, meet } from "./addresses";

type Fault = string | false | undefined;

const field = "mlplatform:hybrid";
const secretsField = "mlplatform:hybridSecrets";

/** What is wrong between the platform and networks on premises. */
export function hybridRules(settings: Settings): Fault[] {
    const { hybrid, hybridSecrets, addressSpace } = settings;
    if (hybrid === undefined)
        return [
            Object.keys(hybridSecrets).length > 0 &&
                `${secretsField} is for the sites and circuits of ${field}, which names none; remove it`,
        ];
    // The block's own faults are told elsewhere.
    if (addressFaults("", addressSpace).length > 0) return [];
    return [
        ...hybridFaults(field, hybrid, planAddresses(addressSpace)),
        ...secretFaults(settings, hybrid),
        ...twoWays(settings, hybrid),
        ...nameExchange(settings, hybrid),
        ...ways(settings, hybrid),
    ];
}

function secretFaults({ hybridSecrets, naming }: Settings, { vpn, expressRoute }: HybridChoice): Fault[] {
    const elsewhere = (circuitId: string): boolean =>
        !circuitId.toLowerCase().startsWith(`/subscriptions/${naming.subscriptionId.toLowerCase()}/`);
    const circuits = (expressRoute?.circuits ?? []).filter(({ circuitId }) => elsewhere(circuitId));
    const needed = [
        ...(vpn?.sites ?? []).map(({ name }) => ({ name, what: "shared key of that site" })),
        ...circuits.map(({ name }) => ({
            name,
            what: "authorization key of that circuit, which is in another subscription",
        })),
    ];
    return [
        ...needed.map(
            ({ name, what }) =>
                !(name in hybridSecrets) &&
                `${secretsField} must hold the ${what}: pulumi config set --secret --path '${secretsField}.${name}'`,
        ),
        ...Object.keys(hybridSecrets).map(
            (name) =>
                !needed.some((one) => one.name === name) &&
                `${secretsField}["${name}"] is for no site of ${field}, and no circuit of another subscription; remove it`,
        ),
    ];
}

/** Blocks of a hub are another way to the same addresses. */
function twoWays({ hub }: Settings, hybrid: HybridChoice): Fault[] {
    return onPremisesBlocks(hybrid).flatMap((block) =>
        joinedBlocks({ ...(hub && { hub }) })
            .filter((joined) => meet(block, joined.block))
            .map((joined) => `${field} must not name blocks of ${joined.field} ${joined.block}, got "${block}"`),
    );
}

function nameExchange({ zoneChoice, dnsServers, location }: Settings, { resolver }: HybridChoice): Fault[] {
    if (resolver === undefined) return [];
    const zones = [...new Set(zoneUses.flatMap((use) => zoneNames(use, location)))];
    const below = (name: string, domain: string): boolean => `.${name}.`.endsWith(`.${domain}`);
    return [
        resolver.inbound !== undefined &&
            zoneChoice.kind !== "own" &&
            `${field}.resolver.inbound needs mlplatform:dns.mode own: the zones are the ${zoneChoice.kind === "hub" ? "hub" : "policy"}'s, and on-premises asks the resolver of who keeps them`,
        resolver.forward !== undefined &&
            dnsServers.length > 0 &&
            `${field}.resolver.forward needs mlplatform:dnsServers empty: with servers of one's own no name reaches Azure's resolver, which would forward it, got ${dnsServers.join(", ")}`,
        ...(resolver.forward ?? []).map(({ domain }, index) => {
            const zone = zones.find((one) => below(one, domain) || below(domain.replace(/\.$/, ""), `${one}.`));
            return (
                zone !== undefined &&
                `${field}.resolver.forward[${index}].domain must not take the names of private endpoints (${zone}) along, got "${domain}"`
            );
        }),
    ];
}

function ways(settings: Settings, hybrid: HybridChoice): Fault[] {
    const { egress, hub } = settings;
    const { vpn, expressRoute, services, resolver } = hybrid;
    const gateways = vpn !== undefined || expressRoute !== undefined;
    const reached = joinedBlocks(settings);
    return [
        !gateways &&
            hub === undefined &&
            `${field} must lead somewhere: set ${field}.vpn or ${field}.expressRoute, or join a hub (mlplatform:hub)`,
        gateways &&
            hub?.useGateways === true &&
            `${field} must have no vpn and no expressRoute with mlplatform:hub.useGateways: a network uses its own gateways or a hub's`,
        gateways &&
            egress.kind === "hubFirewall" &&
            `${field} must have no vpn and no expressRoute with mlplatform:egress.kind hubFirewall: what they bring would be answered through the hub, which has not seen the question; take egress.kind firewall, or the hub's gateways`,
        services !== undefined &&
            (egress.kind !== "firewall" || !gateways) &&
            `${field}.services needs mlplatform:egress.kind firewall and gateways of our own: nothing else of ours stands between and lets through what is named, got "${egress.kind}"`,
        ...(resolver?.forward ?? []).flatMap(({ servers }, index) =>
            servers.map((server) => {
                const address = server.split(":")[0] ?? "";
                const read = parseCidr(`${address}/32`) !== undefined;
                return (
                    read &&
                    !reached.some(({ block }) => meet(`${address}/32`, block)) &&
                    `${field}.resolver.forward[${index}].servers must lie on premises or in the hub, others are not reached, got "${server}"`
                );
            }),
        ),
        ...(expressRoute?.circuits ?? []).map(
            ({ fastPath }, index) =>
                fastPath === true &&
                egress.kind === "firewall" &&
                `${field}.expressRoute.circuits[${index}].fastPath must be false with mlplatform:egress.kind firewall, which it leads around: answers would be dropped, got true`,
        ),
    ];
}

/** What is worth saying of a good choice. */
export function hybridWarnings({ hybrid, zoneChoice }: Settings): Fault[] {
    return [
        hybrid !== undefined &&
            zoneChoice.kind === "own" &&
            hybrid.resolver?.inbound === undefined &&
            `${field}.resolver.inbound is not set: on-premises reaches private endpoints and resolves none of their names`,
    ];
}
