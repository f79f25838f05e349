import { anything, choice, definition, list, mapOf, object, text } from "./definition";

const monitored = { group: "azmonitoring.coreos.com", versions: ["v1"] } as const;
const snapshots = {
    group: "snapshot.storage.k8s.io",
    versions: ["v1"],
    approval: "https://github.com/kubernetes-csi/external-snapshotter/pull/814",
} as const;
const policy = choice("Delete", "Retain");

/**
 * What AKS itself brings with the add-ons that the platform turns on: managed Prometheus, snapshots of disks, secrets from
 * the vault.
 * @see https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd
 * @see https://learn.microsoft.com/azure/aks/azure-disk-csi#volume-snapshots
 * @see https://secrets-store-csi-driver.sigs.k8s.io/concepts.html#secretproviderclass
 */
export const addOnDefinitions = [
    definition({ ...monitored, kind: "PodMonitor" }),
    definition({ ...monitored, kind: "ServiceMonitor" }),
    definition({
        ...{ ...snapshots, kind: "VolumeSnapshotClass", plural: "volumesnapshotclasses", scope: "Cluster" },
        properties: { driver: text, deletionPolicy: policy, parameters: mapOf(text) },
    }),
    definition({
        ...{ ...snapshots, kind: "VolumeSnapshotContent", scope: "Cluster" },
        spec: object({
            ...{ "driver!": text, "deletionPolicy!": policy, volumeSnapshotClassName: text },
            ...{ source: anything, volumeSnapshotRef: anything, sourceVolumeMode: text },
        }),
    }),
    definition({
        ...snapshots,
        kind: "VolumeSnapshot",
        spec: object({
            volumeSnapshotClassName: text,
            "source!": object({ persistentVolumeClaimName: text, volumeSnapshotContentName: text }),
        }),
    }),
    definition({
        ...{ group: "secrets-store.csi.x-k8s.io", versions: ["v1"], kind: "SecretProviderClass" },
        plural: "secretproviderclasses",
        spec: object({
            "provider!": text,
            parameters: mapOf(text),
            secretObjects: list(
                object({
                    ...{ secretName: text, type: text, labels: mapOf(text), annotations: mapOf(text) },
                    data: list(object({ objectName: text, key: text })),
                }),
            ),
        }),
    }),
];
