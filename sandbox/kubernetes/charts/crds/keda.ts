import { anything, choice, definition, flag, integer, list, mapOf, object, text } from "./definition";

/** @see https://keda.sh/docs/2.20/reference/scaledobject-spec/ */
const trigger = object({
    "type!": text,
    "metadata!": mapOf(text),
    name: text,
    useCachedMetrics: flag,
    metricType: choice("AverageValue", "Value", "Utilization"),
    authenticationRef: object({ "name!": text, kind: choice("TriggerAuthentication", "ClusterTriggerAuthentication") }),
});

const scaledObject = object({
    "scaleTargetRef!": object({ "name!": text, apiVersion: text, kind: text, envSourceContainerName: text }),
    pollingInterval: integer,
    cooldownPeriod: integer,
    initialCooldownPeriod: integer,
    idleReplicaCount: integer,
    minReplicaCount: integer,
    maxReplicaCount: integer,
    fallback: object({
        "failureThreshold!": integer,
        "replicas!": integer,
        behavior: choice(
            ...["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"],
            "triggerScoped",
        ),
    }),
    advanced: object({
        restoreToOriginalReplicaCount: flag,
        horizontalPodAutoscalerConfig: object({ name: text, behavior: anything }),
        scalingModifiers: object({
            ...{ formula: text, target: text, activationTarget: text },
            metricType: choice("AverageValue", "Value"),
        }),
    }),
    "triggers!": list(trigger),
});

/** @see https://keda.sh/docs/2.20/reference/scaledjob-spec/ */
const scaledJob = object({
    "jobTargetRef!": anything,
    pollingInterval: integer,
    successfulJobsHistoryLimit: integer,
    failedJobsHistoryLimit: integer,
    envSourceContainerName: text,
    minReplicaCount: integer,
    maxReplicaCount: integer,
    rollout: object({ strategy: choice("default", "gradual"), propagationPolicy: choice("background", "foreground") }),
    scalingStrategy: object({
        strategy: choice("default", "custom", "accurate", "eager"),
        customScalingQueueLengthDeduction: integer,
        customScalingRunningJobPercentage: text,
        pendingPodConditions: list(text),
        multipleScalersCalculation: choice("max", "min", "avg", "sum"),
    }),
    "triggers!": list(trigger),
});

/** @see https://keda.sh/docs/2.20/concepts/authentication/ */
const authentication = object({
    podIdentity: object({
        "provider!": choice("azure-workload", "gcp", "aws", "aws-eks", "none"),
        identityId: text,
        identityTenantId: text,
        identityAuthorityHost: text,
    }),
    secretTargetRef: list(object({ "parameter!": text, "name!": text, "key!": text })),
    configMapTargetRef: list(object({ "parameter!": text, "name!": text, "key!": text })),
    env: list(object({ "parameter!": text, "name!": text, containerName: text })),
    azureKeyVault: object({
        "vaultUri!": text,
        podIdentity: object({ "provider!": text, identityId: text }),
        "secrets!": list(object({ "parameter!": text, "name!": text, version: text })),
    }),
});

const keda = { group: "keda.sh", versions: ["v1alpha1"] } as const;

export const kedaDefinitions = [
    definition({ ...keda, kind: "ScaledObject", spec: scaledObject }),
    definition({ ...keda, kind: "ScaledJob", spec: scaledJob }),
    definition({ ...keda, kind: "TriggerAuthentication", spec: authentication }),
    definition({ ...keda, kind: "ClusterTriggerAuthentication", scope: "Cluster", spec: authentication }),
];
