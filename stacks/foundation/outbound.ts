import { outboundRules, type Installed, type OutboundRule } from "../../components/network/firewall-rules";
import { thirdPartySources } from "../../facts/third-party";
import { meet } from "../rules/addresses";
import type { Settings } from "../settings";

/** What the foundation installs that calls out, with what the operator adds. */
export function installedBy(settings: Settings): Installed {
    const { gpuPools, runner, egress, dnsServers, hub } = settings;
    // The machines of CI mirror what the stacks above install; without them, somebody else's do.
    const mirrored = runner.kind === "none" ? [] : thirdPartySources;
    const sources = [...new Set([...mirrored, ...settings.sources])];
    const besideUs = (server: string): boolean =>
        hub?.addressSpaces.some((block) => meet(`${server}/32`, block)) === true;
    return {
        gpuDrivers: gpuPools.some(({ driver }) => driver === "Install"),
        // In every environment: cluster-settings.ts, machine-learning.ts, observability.ts.
        ...{ azurePolicy: true, defender: true, machineLearning: true, monitoring: true, monitoringIsPrivate: true },
        extensions: false,
        ...{ runner: runner.kind, sources, allowedFqdns: egress.allowedFqdns ?? [] },
        // Those of the hub's own network are reached over the peering, past any firewall.
        resolvers: dnsServers.filter((server) => !besideUs(server)),
    };
}

/** Rules for the firewall that the environment goes out through, ours or the hub's. */
export function outboundOf(settings: Settings): readonly OutboundRule[] {
    return outboundRules(installedBy(settings), settings.location);
}
