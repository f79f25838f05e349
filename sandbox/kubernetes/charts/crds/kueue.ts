import {
    anything,
    choice,
    definition,
    either,
    flag,
    integer,
    labelSelector,
    list,
    mapOf,
    object,
    text,
} from "./definition";

/** @see https://kueue.sigs.k8s.io/docs/reference/kueue.v1beta2/ */
const quota = object({ "name!": text, "nominalQuota!": either, borrowingLimit: either, lendingLimit: either });

const resourceGroup = object({
    "coveredResources!": list(text),
    "flavors!": list(object({ "name!": text, "resources!": list(quota) })),
});

const fairSharing = object({ weight: either });

const clusterQueue = object({
    resourceGroups: list(resourceGroup),
    cohortName: text,
    queueingStrategy: choice("StrictFIFO", "BestEffortFIFO"),
    namespaceSelector: labelSelector,
    flavorFungibility: object({
        whenCanBorrow: choice("MayStopSearch", "TryNextFlavor"),
        whenCanPreempt: choice("MayStopSearch", "TryNextFlavor"),
    }),
    preemption: object({
        reclaimWithinCohort: choice("Never", "LowerPriority", "Any"),
        withinClusterQueue: choice("Never", "LowerPriority", "LowerOrNewerEqualPriority"),
        borrowWithinCohort: object({ policy: choice("Never", "LowerPriority"), maxPriorityThreshold: integer }),
    }),
    admissionChecksStrategy: object({
        admissionChecks: list(object({ "name!": text, onFlavors: list(text) })),
    }),
    stopPolicy: choice("None", "Hold", "HoldAndDrain"),
    fairSharing,
});

const taint = object({ "key!": text, value: text, "effect!": text });
const toleration = object({ key: text, operator: text, value: text, effect: text, tolerationSeconds: integer });

const flavor = object({
    nodeLabels: mapOf(text),
    nodeTaints: list(taint),
    tolerations: list(toleration),
    topologyName: text,
});

const localQueue = object({ "clusterQueue!": text, stopPolicy: choice("None", "Hold", "HoldAndDrain"), fairSharing });

const admissionCheck = object({
    "controllerName!": text,
    parameters: object({ "apiGroup!": text, "kind!": text, "name!": text }),
});

const provisioning = object({
    "provisioningClassName!": text,
    parameters: mapOf(text),
    managedResources: list(text),
    retryStrategy: object({ backoffLimitCount: integer, backoffBaseSeconds: integer, backoffMaxSeconds: integer }),
    podSetMergePolicy: text,
});

const kueue = { group: "kueue.x-k8s.io", versions: ["v1beta2", "v1beta1"] } as const;
const ofCluster = { ...kueue, scope: "Cluster" } as const;

export const kueueDefinitions = [
    definition({ ...ofCluster, kind: "ClusterQueue", spec: clusterQueue }),
    definition({ ...ofCluster, kind: "ResourceFlavor", spec: flavor }),
    definition({ ...ofCluster, kind: "AdmissionCheck", spec: admissionCheck }),
    definition({ ...ofCluster, kind: "ProvisioningRequestConfig", spec: provisioning }),
    definition({
        ...ofCluster,
        kind: "Topology",
        plural: "topologies",
        spec: object({ levels: list(object({ "nodeLabel!": text })) }),
    }),
    definition({
        ...ofCluster,
        kind: "Cohort",
        spec: object({ parentName: text, resourceGroups: list(resourceGroup), fairSharing }),
    }),
    definition({
        ...ofCluster,
        kind: "WorkloadPriorityClass",
        plural: "workloadpriorityclasses",
        properties: { value: integer, description: text },
    }),
    definition({ ...kueue, kind: "LocalQueue", spec: localQueue }),
    definition({
        ...kueue,
        kind: "Workload",
        spec: object({
            active: flag,
            queueName: text,
            podSets: list(anything),
            priority: integer,
            priorityClassRef: anything,
        }),
    }),
];
