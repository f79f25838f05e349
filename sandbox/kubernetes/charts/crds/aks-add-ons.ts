import { definition, list, mapOf, object, text } from "./definition";

const monitored = { group: "azmonitoring.coreos.com", versions: ["v1"] } as const;

/**
 * What AKS itself brings with the add-ons that the platform turns on: managed Prometheus, secrets from the vault.
 * @see https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-crd
 * @see https://secrets-store-csi-driver.sigs.k8s.io/concepts.html#secretproviderclass
 */
export const addOnDefinitions = [
    definition({ ...monitored, kind: "PodMonitor" }),
    definition({ ...monitored, kind: "ServiceMonitor" }),
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
