import { isObject } from "../../azure/properties";
import { at, textAt } from "../provider/objects";
import { whole } from "./chart";
import type { Chart } from "./chart";
import { configMap, countOf, deployment, imageOf, picked, placement, service, serviceAccount } from "./parts";

/** Its proxies are what the controller would make of a Gateway, which nobody does here. */
export const envoyGateway: Chart = {
    ...{ name: "gateway-helm", version: "v1.8.1", appVersion: "v1.8.1" },
    source: "https://gateway.envoyproxy.io/docs/install/gateway-helm-api/",
    values: {
        global: {
            imageRegistry: true,
            imagePullSecrets: true,
            images: {
                envoyGateway: { image: true, pullPolicy: true, pullSecrets: true },
                ratelimit: { image: true, pullPolicy: true, pullSecrets: true },
            },
        },
        ...{
            podDisruptionBudget: true,
            createNamespace: true,
            kubernetesClusterDomain: true,
            hpa: true,
            service: true,
        },
        certgen: { job: true, rbac: true },
        topologyInjector: true,
        deployment: {
            ...whole("replicas", "ports", "priorityClassName"),
            pod: {
                ...whole("affinity", "annotations", "labels", "topologySpreadConstraints"),
                ...whole("tolerations", "nodeSelector"),
            },
            envoyGateway: {
                image: { repository: true, tag: true },
                ...whole("imagePullPolicy", "imagePullSecrets", "resources", "securityContext"),
            },
        },
        config: { envoyGateway: true },
    },
    definitions: ["gateway.networking.k8s.io", "gateway.envoyproxy.io"],
    removesDefinitions: false,
    objects: (release) => {
        const { values } = release;
        const name = "envoy-gateway";
        const said = at(values, "deployment");
        const container = at(said, "envoyGateway");
        const whole = textAt(values, "global", "images", "envoyGateway", "image");
        const security = at(container, "securityContext");
        return [
            serviceAccount(release, name, undefined),
            configMap(release, "envoy-gateway-config", {
                "envoy-gateway.yaml": JSON.stringify(at(values, "config", "envoyGateway") ?? {}),
            }),
            deployment(release, {
                ...{
                    name,
                    serviceAccount: name,
                    replicas: countOf(said, 1, "replicas"),
                    ports: [18000, 18001, 18002, 19001],
                },
                image: imageOf(at(container, "image"), whole === "" ? "docker.io/envoyproxy/gateway:v1.8.1" : whole),
                pod: { ...picked(said, ["priorityClassName"]), ...picked(at(said, "pod"), placement) },
                container: {
                    ...picked(container, ["resources"]),
                    ...(isObject(security) && { securityContext: security }),
                },
            }),
            service(release, name, {
                grpc: [18000, 18000],
                ratelimit: [18001, 18001],
                wasm: [18002, 18002],
                metrics: [19001, 19001],
            }),
        ];
    },
};
