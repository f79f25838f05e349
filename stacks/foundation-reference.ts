import * as pulumi from "@pulumi/pulumi";
import { contractNames, readFoundation, type FoundationContract } from "./contract";
import type { UpperSettings } from "./settings/upper";

/**
 * What the foundation below promises, as plain values: it is up before anything here is previewed.
 * @throws pulumi.RunError when it is not up, of another version, or of another environment than this stack.
 */
export async function foundationBelow(settings: UpperSettings): Promise<FoundationContract> {
    const { foundation, environment, subscriptionId } = settings;
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${foundation}`;
    const reference = new pulumi.StackReference(name);
    const outputs = Object.fromEntries(
        await Promise.all(
            contractNames.map(async (key) => {
                const details = await reference.getOutputDetails(key);
                return [key, details.value as unknown] as const;
            }),
        ),
    );
    const contract = readOrRefuse(foundation, outputs);
    const faults = [
        contract.environment !== environment &&
            `mlplatform:environment must be the foundation's, "${contract.environment}" in stack ${foundation}, got "${environment}"`,
        contract.subscriptionId !== subscriptionId &&
            `azure-native:subscriptionId must be the foundation's, "${contract.subscriptionId}" in stack ${foundation}, got "${subscriptionId}"`,
    ].filter((fault) => fault !== false);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    return contract;
}

function readOrRefuse(stack: string, outputs: Readonly<Record<string, unknown>>): FoundationContract {
    try {
        return readFoundation(stack, outputs);
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}
