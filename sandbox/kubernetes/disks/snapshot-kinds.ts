/** Group of snapshots. */
export const snapshotGroup = "snapshot.storage.k8s.io";

const text = { type: "string" };
const fields = (properties: object): object => ({ type: "object", properties });
const error = fields({ message: text, time: { ...text, format: "date-time" } });
const classFields = { driver: text, deletionPolicy: { ...text, enum: ["Delete", "Retain"] }, parameters: map() };

function map(): object {
    return { type: "object", additionalProperties: text };
}

/**
 * Definitions of snapshots as AKS brings them with its snapshot controller, with the fields that are used here.
 * @see https://github.com/kubernetes-csi/external-snapshotter/tree/master/client/config/crd
 */
export const snapshotKinds: readonly object[] = [
    definition("VolumeSnapshotClass", "Cluster", {
        ...{ type: "object", required: ["driver", "deletionPolicy"] },
        properties: { apiVersion: text, kind: text, metadata: { type: "object" }, ...classFields },
    }),
    definition("VolumeSnapshot", "Namespaced", {
        ...{ type: "object", required: ["spec"] },
        properties: {
            spec: {
                ...{ type: "object", required: ["source"] },
                properties: {
                    volumeSnapshotClassName: text,
                    source: {
                        ...fields({ persistentVolumeClaimName: text, volumeSnapshotContentName: text }),
                        oneOf: [
                            { required: ["persistentVolumeClaimName"] },
                            { required: ["volumeSnapshotContentName"] },
                        ],
                    },
                },
            },
            status: fields({
                ...{ boundVolumeSnapshotContentName: text, readyToUse: { type: "boolean" }, error },
                ...{ restoreSize: text, creationTime: { ...text, format: "date-time" } },
            }),
        },
    }),
    definition("VolumeSnapshotContent", "Cluster", {
        ...{ type: "object", required: ["spec"] },
        properties: {
            spec: {
                ...{ type: "object", required: ["deletionPolicy", "driver", "source", "volumeSnapshotRef"] },
                properties: {
                    ...{ deletionPolicy: classFields.deletionPolicy, driver: text, volumeSnapshotClassName: text },
                    source: fields({ volumeHandle: text, snapshotHandle: text }),
                    volumeSnapshotRef: fields({ apiVersion: text, kind: text, name: text, namespace: text, uid: text }),
                },
            },
            status: fields({
                ...{ snapshotHandle: text, readyToUse: { type: "boolean" }, restoreSize: { type: "integer" } },
                ...{ creationTime: { type: "integer" }, error },
            }),
        },
    }),
];

function definition(kind: string, scope: string, schema: object): object {
    const singular = kind.toLowerCase();
    const plural = singular.endsWith("s") ? `${singular}es` : `${singular}s`;
    return {
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
        metadata: {
            name: `${plural}.${snapshotGroup}`,
            annotations: {
                "api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814",
            },
        },
        spec: {
            ...{ group: snapshotGroup, scope, names: { kind, plural, singular, listKind: `${kind}List` } },
            versions: [
                {
                    ...{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } },
                    ...(kind !== "VolumeSnapshotClass" && { subresources: { status: {} } }),
                },
            ],
        },
    };
}
