import * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../components/workloads/cluster-connection";
import { foundationBelow, imagesBelow, servicesBelow } from "./foundation-reference";
import { projectFolder } from "./project-folder";
import type { TeamSettings } from "./settings/team";
import { scoringFaults, scoringNotes, type ScoringPlace } from "./team/endpoints";
import { scoringPlace, teamEnvironment } from "./team/environment";
import {
    capacityFaults,
    ordersFolder,
    ordersOf,
    overlapFaults,
    readFleet,
    termFaults,
    workspaceFaults,
    type Fleet,
} from "./team/fleet";
import { expiryOf, expirySaid, type TeamOrder } from "./team/order";

/**
 * One team's environment, as its order says. Nothing is registered before the orders of all teams have been read and found to
 * fit together.
 * @param root Folder with `teams/`. @default the clone
 */
export async function team(
    settings: TeamSettings,
    root = projectFolder(__dirname, ordersFolder),
    today = new Date(),
): Promise<Record<string, pulumi.Output<unknown>>> {
    const { fleet, order: written } = orderOf(settings, root);
    const expiry = expiryOf(written, fleet.graceDays, today);
    const said = expirySaid(written, expiry);
    refuseAll([
        ...(expiry.state === "over" && said !== undefined ? [said] : []),
        ...termFaults(fleet, settings.environment, today),
        ...overlapFaults(fleet, settings.environment),
    ]);
    if (said !== undefined) await pulumi.log.warn(said);
    const order = { ...written, frozen: written.frozen || expiry.state === "frozen" };
    const below = await foundationBelow(settings);
    const orders = ordersOf(fleet, settings.environment);
    refuseAll([
        ...capacityFaults(orders, below.cluster.nodePools, settings.foundation),
        ...workspaceFaults([order], Object.keys(below.machineLearning.teams), settings.foundation),
    ]);
    const shared =
        settings.services === undefined ? undefined : await servicesBelow(settings.services, below.environment);
    const images = await imagesBelow(settings.images, below.environment);
    if (shared) await judgeScoring(order, scoringPlace(order, below, shared, images));
    else if (Object.keys({ ...order.endpoints, ...order.batch }).length > 0)
        refuseAll([`mlplatform:services must be set: ${order.file} orders endpoints or batches, which need it`]);
    const cluster = await clusterProvider("cluster", {
        ...{ resourceGroupName: below.resourceGroups.platform, clusterName: below.cluster.name },
        ...{ privateFqdn: below.cluster.privateFqdn, tenantId: below.tenantId },
    });
    return teamEnvironment(order, settings, {
        ...{ foundation: below, cluster, today },
        ...(shared && { services: shared }),
        ...(images && { images }),
    });
}

/** @throws pulumi.RunError naming all that keeps endpoints and batches from running */
async function judgeScoring(order: TeamOrder, place: ScoringPlace): Promise<void> {
    refuseAll(scoringFaults(order, place).map((fault) => `${order.file}: ${fault}`));
    const { lines, warnings } = scoringNotes(order, place);
    // For whoever decides: the update need not say it again.
    if (lines.length > 0 && pulumi.runtime.isDryRun()) await pulumi.log.info(lines.join("\n"));
    for (const warning of warnings) await pulumi.log.warn(warning);
}

function orderOf({ team: name, environment }: TeamSettings, root: string): { fleet: Fleet; order: TeamOrder } {
    const fleet = readOrRefuse(root);
    const orders = fleet.orders.filter((one) => one.team === name);
    const order = orders.find((one) => one.environment === environment);
    if (order !== undefined) return { fleet, order };
    const [other] = orders;
    if (other === undefined)
        throw new pulumi.RunError(`mlplatform:team must be an order in ${ordersFolder}/, got "${name}"`);
    throw new pulumi.RunError(
        `mlplatform:environment must be one that ${other.file} orders, ${other.environments.join(", ")}, got "${environment}"`,
    );
}

function readOrRefuse(root: string): Fleet {
    try {
        return readFleet(root);
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}

function refuseAll(faults: readonly string[]): void {
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
}
