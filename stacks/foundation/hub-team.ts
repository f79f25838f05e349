import * as pulumi from "@pulumi/pulumi";
import { peerBackCommand } from "../../components/network/hub-peering";
import { zoneNames } from "../../components/network/private-link-targets";
import type { Settings } from "../settings";
import { outboundOf } from "./outbound";

/**
 * What the team of a corporate hub is handed: commands to run on its side and, where its firewall is our way out, what it
 * must let through. Nothing where there is no hub.
 * @param networkId Full id of our network.
 */
export function hubTeamOutputs(
    settings: Settings,
    networkId: pulumi.Output<string>,
): Record<string, pulumi.Output<unknown>> {
    const firewallRules = settings.egress.kind === "hubFirewall" ? outboundOf(settings) : [];
    const commands = networkId.apply((id) => hubTeamCommands(settings, id));
    const nothing = settings.hub === undefined && settings.zoneChoice.kind !== "hub";
    return nothing ? {} : { hubTeam: pulumi.output({ commands, firewallRules }) };
}

/** Commands for the hub's side, in the order to run them. */
export function hubTeamCommands({ hub, zoneChoice, dnsServers, location }: Settings, networkId: string): string[] {
    const { virtualNetworkId } = hub ?? {};
    const peering =
        hub && virtualNetworkId !== undefined && hub.peerBack !== true
            ? [peerBackCommand({ ...hub, virtualNetworkId }, networkId)]
            : [];
    // AKS links the API server's zone itself; with resolvers of the hub's, names are looked up from there.
    const zones = zoneChoice.kind === "hub" && dnsServers.length === 0 ? zoneChoice.zoneIds : {};
    const links = Object.entries(zones)
        .filter(([zone]) => !zoneNames("apiServer", location).includes(zone))
        .map(([zone, id]) => linkCommand(zone, id, networkId));
    return [...peering, ...links];
}

function linkCommand(zone: string, zoneId: string, networkId: string): string {
    const [, , subscription = "", , group = ""] = zoneId.split("/");
    const name = networkId.slice(networkId.lastIndexOf("/") + 1);
    return (
        `az network private-dns link vnet create --subscription ${subscription} --resource-group ${group} ` +
        `--zone-name ${zone} --name ${name} --virtual-network ${networkId} --registration-enabled false`
    );
}
