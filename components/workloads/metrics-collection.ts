import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../options";

/** Arguments of {@link MetricsCollection}. */
export interface MetricsCollectionArgs {
    /** Namespaces whose pods are asked for metrics when they say so by annotation: regular expressions. */
    namespaces: readonly string[];
}

/**
 * What Azure Monitor's agents collect beside the cluster's own metrics: pods of our namespaces that say by annotation where theirs
 * are (`prometheus.io/scrape`, `port`, `path`), and the two that say it otherwise. The agents read it within minutes.
 * @see https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-configuration
 */
export class MetricsCollection extends pulumi.ComponentResource {
    constructor(name: string, args: MetricsCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:workloads:MetricsCollection", name, shown(args), opts);
        // Made by the add-on's rules of names: nobody else writes them.
        const inAgents = (instance: string, data: Record<string, string>): ConfigMap =>
            new ConfigMap(
                `${name}-${instance}`,
                { metadata: { name: `ama-metrics-${instance}`, namespace: "kube-system" }, data },
                { parent: this },
            );
        inAgents("settings-configmap", {
            ...{ "schema-version": "v1", "config-version": "1" },
            "pod-annotation-based-scraping": `podannotationnamespaceregex = "${args.namespaces.join("|")}"`,
            "debug-mode": "enabled = false",
        });
        inAgents("prometheus-config", { "prometheus-config": JSON.stringify({ scrape_configs: [gpus, queues] }) });
        this.registerOutputs({});
    }
}

const ofPods = (namespaceName: string, label: string, value: string): object => ({
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [namespaceName] } }],
    relabel_configs: [
        { source_labels: [`__meta_kubernetes_pod_label_${label}`], action: "keep", regex: value },
        { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
    ],
});

const gpus = {
    ...{ job_name: "dcgm-exporter", scrape_interval: "15s" },
    ...ofPods("platform-gpu", "app_kubernetes_io_name", "dcgm-exporter"),
};

/** Kueue answers over TLS with a certificate of its own, to those whom the cluster lets. */
const queues = {
    ...{ job_name: "kueue", scrape_interval: "30s", scheme: "https" },
    tls_config: { insecure_skip_verify: true },
    authorization: { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
    ...ofPods("platform-queues", "control_plane", "controller-manager"),
};
