import * as pulumi from "@pulumi/pulumi";
import { foundationContract, type FoundationContract } from "./contract";
import type { ImagesBelow } from "./image-in";
import { imagesContract } from "./images-contract";
import { servicesContract, type ServicesContract } from "./services-contract";
import type { UpperSettings } from "./settings/upper";

/**
 * What the foundation below promises, as plain values: it is up before anything here is previewed.
 * @throws pulumi.RunError when it is not up, of another version, or of another environment than this stack.
 */
export async function foundationBelow(settings: UpperSettings): Promise<FoundationContract> {
    const { foundation, environment, subscriptionId } = settings;
    const contract = await readBelow(foundation, foundationContract);
    const faults = [
        contract.environment !== environment &&
            `mlplatform:environment must be the foundation's, "${contract.environment}" in stack ${foundation}, got "${environment}"`,
        contract.subscriptionId !== subscriptionId &&
            `azure-native:subscriptionId must be the foundation's, "${contract.subscriptionId}" in stack ${foundation}, got "${subscriptionId}"`,
    ].filter((fault) => fault !== false);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    return contract;
}

/**
 * The same of what the cluster shares.
 * @throws pulumi.RunError when it is not up, of another version, or of another environment than this stack.
 */
export async function servicesBelow(stack: string, environment: string): Promise<ServicesContract> {
    const contract = await readBelow(stack, servicesContract);
    if (contract.environment !== environment)
        throw new pulumi.RunError(
            `mlplatform:environment must be that of the services, "${contract.environment}" in stack ${stack}, got "${environment}"`,
        );
    return contract;
}

/**
 * Our own images, as they were last built: what a preview of their stack would change is not known before it is up.
 * @param stack @default - none, and nothing runs an image of ours by its name
 * @throws pulumi.RunError when it is not up, of another version, or of another environment than this stack.
 */
export async function imagesBelow(stack: string | undefined, environment: string): Promise<ImagesBelow | undefined> {
    if (stack === undefined) return undefined;
    const contract = await readBelow(stack, imagesContract);
    if (contract.environment !== environment)
        throw new pulumi.RunError(
            `mlplatform:environment must be that of the images, "${contract.environment}" in stack ${stack}, got "${environment}"`,
        );
    return { stack, images: contract.images };
}

async function readBelow<Contract>(
    stack: string,
    promised: { names: readonly string[]; read: (stack: string, outputs: Record<string, unknown>) => Contract },
): Promise<Contract> {
    const reference = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`);
    const outputs = Object.fromEntries(
        await Promise.all(
            promised.names.map(async (key) => {
                const details = await reference.getOutputDetails(key);
                return [key, details.value as unknown] as const;
            }),
        ),
    );
    if (Object.values(outputs).every((value) => value === undefined))
        throw new pulumi.RunError(
            `stack ${stack} promises nothing yet: bring it up first, pulumi up --stack ${stack}. A preview of it is not enough`,
        );
    try {
        return promised.read(stack, outputs);
    } catch (fault) {
        throw new pulumi.RunError(fault instanceof Error ? fault.message : String(fault));
    }
}
