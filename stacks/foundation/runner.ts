import type * as pulumi from "@pulumi/pulumi";
import type { EgressChoice } from "../../components/network/egress";
import type { Network } from "../../components/network/network";
import type { Placement } from "../../components/placement";
import { Runner } from "../../components/runner/runner";
import { runnerFqdns } from "../../components/runner/fqdns";
import type { Settings } from "../settings";

interface Home {
    at: Placement;
    network: Network;
    diskEncryptionSetId: pulumi.Input<string>;
    registryId: pulumi.Input<string>;
}

/** CI machines, unless config wants none. */
export function runner(settings: Settings, { at, network, ...home }: Home): Runner | undefined {
    const { runner: choice, zones, rolePropagationSeconds } = settings;
    if (choice.kind === "none") return undefined;
    return new Runner("runner", {
        ...{ ...at, ...home, choice, zones, rolePropagationSeconds },
        ...{ subnetId: network.subnetIds.agents, egressReady: network.egress.ready },
    });
}

/** The way out, with the names that CI machines and their jobs fetch from. */
export function egressWithRunner({ egress, runner: choice }: Settings): EgressChoice {
    if (egress.kind === "natGateway" || choice.kind === "none") return egress;
    return { ...egress, allowedFqdns: [...new Set([...(egress.allowedFqdns ?? []), ...runnerFqdns(choice.kind)])] };
}
