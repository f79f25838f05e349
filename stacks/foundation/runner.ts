import type * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../components/network/network";
import type { Placement } from "../../components/placement";
import { Runner } from "../../components/runner/runner";
import type { Settings } from "../settings";

interface Home {
    at: Placement;
    network: Network;
    diskEncryptionSetId: pulumi.Input<string>;
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
