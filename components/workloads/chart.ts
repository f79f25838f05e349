import { Release } from "@pulumi/kubernetes/helm/v3/release";
import type * as pulumi from "@pulumi/pulumi";

/** A chart of the platform's registry. */
export interface MirroredChart {
    /** As Helm takes it: `oci://HOST/REPOSITORY`. */
    name: string;
    version: string;
}

/** Seconds that a release may take, nodes that must come for it included. */
const timeoutSeconds = 1200;

/** Installs a chart, all or nothing: what does not come up gives way to what was there before. */
export function chartRelease(
    name: string,
    { chart, release, namespace, values }: ChartRelease,
    options: pulumi.CustomResourceOptions,
): Release {
    return new Release(
        name,
        {
            ...{ name: release, namespace, chart: chart.name, version: chart.version, values },
            ...{ atomic: true, cleanupOnFail: true, maxHistory: 5, timeout: timeoutSeconds },
        },
        options,
    );
}

export interface ChartRelease {
    chart: MirroredChart;
    /** What Helm calls it in the cluster. */
    release: string;
    namespace: string;
    values: Record<string, pulumi.Input<unknown>>;
}
