/** A container of a storage account, and how long what is in it is kept. */
export interface Container {
    /** 3 to 63 characters of a-z, 0-9 and single hyphens. */
    name: string;
    /** Days without a change after which blobs move to cheaper storage, 0 to 99999. @default - never */
    coolAfterDays?: number;
    /** Days without a change after which blobs are deleted. @default - never */
    deleteAfterDays?: number;
}

/** What changes all the time: what is trained on, labelled and predicted. */
export const workContainers: readonly Container[] = [
    { name: "datasets", coolAfterDays: 90 },
    { name: "images", coolAfterDays: 90 },
    { name: "labels" },
    { name: "predictions", coolAfterDays: 30, deleteAfterDays: 365 },
];

/** What is written once and must stay as it was: models by digest, and the ledger of what served when. */
export const recordContainers: readonly Container[] = [{ name: "models" }, { name: "ledger" }];

/**
 * What is wrong with the containers; empty when nothing is.
 * @see https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
export function containerFaults(field: string, containers: readonly Container[]): string[] {
    const names = containers.map(({ name }) => name);
    return containers.flatMap(({ name, coolAfterDays, deleteAfterDays }) => {
        const checks: [boolean, string][] = [
            [
                /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name),
                `name must be 3 to 63 of a-z, 0-9 and single hyphens, got "${name}"`,
            ],
            [names.filter((other) => other === name).length === 1, `name must be there once, got "${name}" again`],
            [
                isDays(coolAfterDays),
                `coolAfterDays of "${name}" must be a whole number from 0 to 99999, got ${String(coolAfterDays)}`,
            ],
            [
                isDays(deleteAfterDays),
                `deleteAfterDays of "${name}" must be a whole number from 0 to 99999, got ${String(deleteAfterDays)}`,
            ],
            [
                coolAfterDays === undefined || deleteAfterDays === undefined || coolAfterDays < deleteAfterDays,
                `coolAfterDays of "${name}" must be less than deleteAfterDays, got ${String(coolAfterDays)} and ${String(deleteAfterDays)}`,
            ],
        ];
        return checks.filter(([holds]) => !holds).map(([, fault]) => `${field}: ${fault}`);
    });
}

const isDays = (days: number | undefined): boolean =>
    days === undefined || (Number.isInteger(days) && days >= 0 && days <= 99999);
