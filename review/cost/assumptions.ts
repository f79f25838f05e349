import type { Range } from "./range";

/** What nobody can read off a program, and a price hangs on. */
export interface Assumption extends Range {
    /** What is assumed, for readers. */
    text: string;
    unit: string;
}

/**
 * How the platform is used, as nobody has measured yet. Whoever knows better changes the figures here: they are signed
 * with the cost that comes of them.
 */
export const assumptions = {
    nodes: {
        text: "of the nodes between a pool's least and its most, on average there",
        ...{ unit: "share", low: 0, expected: 0.25, high: 1 },
    },
    gpuNodes: {
        text: "of the GPU nodes between a pool's least and its most, on average there",
        ...{ unit: "share", low: 0, expected: 0.15, high: 1 },
    },
    runnerHours: {
        text: "hours a month that a machine for CI runs which comes with its jobs",
        ...{ unit: "hours", low: 20, expected: 120, high: 730 },
    },
    egress: {
        text: "GB a month out of the network, through firewall or NAT gateway",
        ...{ unit: "GB", low: 50, expected: 500, high: 5000 },
    },
    endpoints: {
        text: "GB a month into and out of each private endpoint",
        ...{ unit: "GB", low: 1, expected: 20, high: 500 },
    },
    peerings: {
        text: "GB a month into and out of the network by each peering",
        ...{ unit: "GB", low: 10, expected: 200, high: 5000 },
    },
    logShare: {
        text: "of the workspace's daily cap, logged on average",
        ...{ unit: "share", low: 0.05, expected: 0.25, high: 1 },
    },
    logs: {
        text: "GB a day into a workspace without a cap",
        ...{ unit: "GB", low: 1, expected: 5, high: 50 },
    },
    basicLogs: {
        text: "of what is logged, into tables with the plan Basic where there are any",
        ...{ unit: "share", low: 0.5, expected: 0.5, high: 0.5 },
    },
    archivedLogs: {
        text: "of the logs that are no plan Basic's, in tables that are kept on in the archive where there are any",
        ...{ unit: "share", low: 0.1, expected: 0.1, high: 0.1 },
    },
    samples: {
        text: "millions of samples a month into managed Prometheus",
        ...{ unit: "million", low: 100, expected: 500, high: 3000 },
    },
    grafanaUsers: {
        text: "people a month who look at Grafana",
        ...{ unit: "people", low: 2, expected: 5, high: 20 },
    },
    flows: {
        text: "GB of flow logs a month",
        ...{ unit: "GB", low: 5, expected: 50, high: 500 },
    },
    blobs: {
        text: "GB in each storage account",
        ...{ unit: "GB", low: 10, expected: 500, high: 10_000 },
    },
    blobOperations: {
        text: "ten thousands of reads and of writes a month in each storage account",
        ...{ unit: "10,000", low: 1, expected: 100, high: 2000 },
    },
    images: {
        text: "GB of images beyond the 500 GB that come with the registry",
        ...{ unit: "GB", low: 0, expected: 0, high: 500 },
    },
    keyOperations: {
        text: "ten thousands of uses a month of each vault's keys and secrets",
        ...{ unit: "10,000", low: 1, expected: 10, high: 100 },
    },
    cosmosThroughput: {
        text: "hundreds of RU/s of the Cosmos DB that Azure ML makes for a workspace under an own key; its size is not published",
        ...{ unit: "100 RU/s", low: 4, expected: 4, high: 40 },
    },
    searchUnits: {
        text: "units S1 of the AI Search that Azure ML makes for a workspace under an own key; its size is not published",
        ...{ unit: "units", low: 0.3, expected: 1, high: 1 },
    },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof assumptions;

export const hoursAMonth = 730;
export const daysAMonth = 365 / 12;
