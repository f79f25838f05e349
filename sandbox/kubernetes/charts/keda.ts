import { isObject } from "../../azure/properties";
import { at, textAt } from "../provider/objects";
import type { KubeObject } from "../provider/objects";
import { whole } from "./chart";
import type { Chart, ReleaseView } from "./chart";
import { countOf, deployment, imageOf, picked, placement, service, serviceAccount } from "./parts";

const image = whole("registry", "repository", "tag");
const onePart = whole("operator", "metricServer", "webhooks");
const perImage = whole("keda", "metricsAdapter", "webhooks");
const perPart = {
    ...whole("replicaCount", "affinity", "nodeSelector", "tolerations", "name", "enabled"),
    ...whole("topologySpreadConstraints", "extraArgs", "resources", "revisionHistoryLimit"),
    ...whole("livenessProbe", "readinessProbe", "failurePolicy", "useHostNetwork", "timeoutSeconds"),
} as const;

/** The names that the chart gives its parts, and those under which its values speak of them. */
const parts = [
    {
        name: "keda-operator",
        image: "keda",
        values: "operator",
        each: "operator",
        label: "keda",
        account: "keda-operator",
    },
    {
        ...{ name: "keda-operator-metrics-apiserver", image: "metricsApiServer", values: "metricsServer" },
        ...{ each: "metricServer", label: "metricsAdapter", account: "keda-metrics-server" },
    },
    {
        ...{
            name: "keda-admission-webhooks",
            image: "webhooks",
            values: "webhooks",
            each: "webhooks",
            label: "webhooks",
        },
        account: "keda-webhook",
    },
] as const;

/** Its webhooks, rights and the API of external metrics come with the programs themselves, where they are built (../controllers). */
export const keda: Chart = {
    ...{ name: "keda", version: "2.20.2", appVersion: "2.20.2" },
    source: "https://github.com/kedacore/charts/tree/main/keda, as its README describes it",
    values: {
        global: { image: { registry: true } },
        image: { keda: image, metricsApiServer: image, webhooks: image, pullPolicy: true },
        crds: { install: true, additionalAnnotations: true },
        ...whole("clusterName", "clusterDomain", "watchNamespace", "additionalLabels"),
        ...{ operator: perPart, metricsServer: perPart, webhooks: perPart },
        ...{ nodeSelector: true, tolerations: true, affinity: true, topologySpreadConstraints: onePart },
        ...{
            priorityClassName: true,
            imagePullSecrets: true,
            env: true,
            http: true,
            logging: true,
            networkPolicy: true,
        },
        ...{ podAnnotations: perImage, podLabels: perImage, podDisruptionBudget: onePart, upgradeStrategy: onePart },
        ...{ resources: onePart, securityContext: true, podSecurityContext: true, rbac: true, certificates: true },
        serviceAccount: { operator: true, metricServer: true, webhooks: true },
        podIdentity: { azureWorkload: { enabled: true, clientId: true, tenantId: true, tokenExpiration: true } },
        prometheus: { operator: true, metricServer: true, webhooks: true },
        permissions: true,
    },
    definitions: ["keda.sh", "eventing.keda.sh"],
    removesDefinitions: true,
    objects: (release) => [...parts.flatMap((part) => partOf(release, part)), ...services(release)],
};

function partOf(release: ReleaseView, part: (typeof parts)[number]): KubeObject[] {
    const { values } = release;
    const workloadIdentity = at(values, "podIdentity", "azureWorkload");
    const isIdentified = part.values === "operator" && at(workloadIdentity, "enabled") === true;
    const clientId = textAt(workloadIdentity, "clientId");
    const identity = isIdentified ? { "azure.workload.identity/client-id": clientId } : undefined;
    const said = at(values, part.values);
    const each = (name: string): unknown => at(values, name, part.each);
    const security = at(values, "securityContext");
    const podSecurity = at(values, "podSecurityContext");
    const perPart = (context: unknown): unknown =>
        isObject(context) && part.each in context ? context[part.each] : context;
    const spread = each("topologySpreadConstraints");
    const labels = at(values, "podLabels", part.label);
    return [
        serviceAccount(release, part.account, identity),
        deployment(release, {
            ...{ name: part.name, serviceAccount: part.account, replicas: countOf(said, 1, "replicaCount") },
            image: imageOf(
                {
                    registry: textAt(values, "global", "image", "registry"),
                    ...asObject(at(values, "image", part.image)),
                },
                `ghcr.io/kedacore/${part.image}:2.20.2`,
            ),
            labels: {
                ...(isIdentified && { "azure.workload.identity/use": "true" }),
                ...(asObject(labels) as Record<string, string>),
            },
            pod: {
                ...picked(
                    values,
                    placement.filter((name) => name !== "topologySpreadConstraints"),
                ),
                ...picked(said, placement),
                ...(Array.isArray(spread) && { topologySpreadConstraints: spread }),
                ...(isObject(podSecurity) && { securityContext: perPart(podSecurity) }),
            },
            container: {
                ...(isObject(each("resources")) && { resources: each("resources") }),
                ...(isObject(security) && { securityContext: perPart(security) }),
            },
        }),
    ];
}

function asObject(value: unknown): Record<string, unknown> {
    return isObject(value) ? value : {};
}

function services(release: ReleaseView): KubeObject[] {
    return [
        service(release, "keda-operator", { metricsservice: [9666, 9666] }),
        service(release, "keda-operator-metrics-apiserver", { https: [443, 6443], metrics: [8080, 8080] }),
        service(release, "keda-admission-webhooks", { https: [443, 9443] }),
    ];
}
