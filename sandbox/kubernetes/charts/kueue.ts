import { createHash } from "node:crypto";
import { isObject } from "../../azure/properties";
import { at, textAt } from "../provider/objects";
import { whole } from "./chart";
import type { Chart } from "./chart";
import { configMap, countOf, deployment, imageOf, picked, placement, service, serviceAccount } from "./parts";

/** Its webhooks, rights and the rest of its kinds come with the program itself, where that is built (../controllers). */
export const kueue: Chart = {
    ...{ name: "kueue", version: "0.19.2", appVersion: "v0.19.2" },
    source: "https://github.com/kubernetes-sigs/kueue/tree/main/charts/kueue, as its README describes it",
    values: {
        ...whole("fullnameOverride", "nameOverride", "enablePrometheus", "enableCertManager"),
        ...whole("enableVisibilityAPF", "enableKueueViz", "mutatingWebhook", "metrics"),
        controllerManager: {
            featureGates: true,
            ...whole("replicas", "nodeSelector", "tolerations", "topologySpreadConstraints"),
            ...whole("priorityClassName", "podAnnotations", "podDisruptionBudget", "imagePullSecrets"),
            ...whole("livenessProbe", "readinessProbe", "startupProbe", "podSecurityContext"),
            manager: {
                image: { repository: true, tag: true, pullPolicy: true },
                ...{
                    resources: true,
                    containerSecurityContext: true,
                    podSecurityContext: true,
                    priorityClassName: true,
                },
            },
        },
        managerConfig: { controllerManagerConfigYaml: true },
    },
    definitions: ["kueue.x-k8s.io"],
    removesDefinitions: true,
    objects: (release) => {
        const { values } = release;
        const controller = at(values, "controllerManager");
        const manager = at(controller, "manager");
        const podSecurity = at(controller, "podSecurityContext") ?? at(manager, "podSecurityContext");
        const security = at(manager, "containerSecurityContext");
        const name = "kueue-controller-manager";
        const configuration = textAt(values, "managerConfig", "controllerManagerConfigYaml");
        const checksum = createHash("sha256").update(configuration).digest("hex");
        return [
            serviceAccount(release, name, undefined),
            configMap(release, "kueue-manager-config", {
                "controller_manager_config.yaml": configuration,
            }),
            deployment(release, {
                ...{ name, serviceAccount: name, replicas: countOf(controller, 1, "replicas"), ports: [8443, 9443] },
                annotations: { "charts.kueue.x-k8s.io/config-checksum": checksum },
                image: imageOf(at(manager, "image"), "registry.k8s.io/kueue/kueue:v0.19.2"),
                pod: {
                    ...picked(controller, placement),
                    ...picked(manager, ["priorityClassName"]),
                    ...(isObject(podSecurity) && { securityContext: podSecurity }),
                },
                container: {
                    ...picked(manager, ["resources"]),
                    ...(isObject(security) && { securityContext: security }),
                },
            }),
            service(release, "kueue-webhook-service", { https: [443, 9443] }, name),
            service(release, "kueue-controller-manager-metrics-service", { https: [8443, 8443] }, name),
        ];
    },
};
