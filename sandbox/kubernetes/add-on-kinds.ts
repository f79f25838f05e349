import type { Values } from "../protocol/values";
import type { KubeObject } from "./provider/objects";

/** A property's shape, as OpenAPI has it. */
type Shape = Values;

const text: Shape = { type: "string" };
/** Whatever it is: a part that this project does not write, or that belongs to another API. */
const anything: Shape = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const list = (items: Shape): Shape => ({ type: "array", items });
const mapOf = (values: Shape): Shape => ({ type: "object", additionalProperties: values });
const object = (properties: Record<string, Shape>): Shape => ({ type: "object", properties });

function definition(group: string, kind: string, plural: string, spec: Shape): KubeObject {
    const properties = { apiVersion: text, kind: text, metadata: { type: "object" }, spec, status: anything };
    const schema = { openAPIV3Schema: { type: "object", properties } };
    return {
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
        metadata: { name: `${plural}.${group}` },
        spec: {
            ...{ group, scope: "Namespaced" },
            names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
            versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
        },
    };
}

/**
 * What AKS itself brings with the add-ons that the platform turns on, of which no package has the definitions: managed
 * Prometheus, secrets from the vault. With the fields that this project sets.
 * @see https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd
 * @see https://secrets-store-csi-driver.sigs.k8s.io/concepts.html#secretproviderclass
 */
export const addOnDefinitions: readonly KubeObject[] = [
    definition("azmonitoring.coreos.com", "PodMonitor", "podmonitors", anything),
    definition("azmonitoring.coreos.com", "ServiceMonitor", "servicemonitors", anything),
    definition("secrets-store.csi.x-k8s.io", "SecretProviderClass", "secretproviderclasses", {
        ...object({
            provider: text,
            parameters: mapOf(text),
            secretObjects: list(
                object({
                    ...{ secretName: text, type: text, labels: mapOf(text), annotations: mapOf(text) },
                    data: list(object({ objectName: text, key: text })),
                }),
            ),
        }),
        required: ["provider"],
    }),
];
