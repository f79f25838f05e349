import { join } from "node:path";
import type { Program } from "./children";
import type { Pki } from "./pki";
import { kwokFlags } from "../nodes/stages";
import { clusterFiles } from "./settings";
import type { ClusterSettings, Ports } from "./settings";

/** What the command lines are made from. */
export interface Plan {
    folder: string;
    settings: ClusterSettings;
    ports: Ports;
    pki: Pki;
}

const defaultServiceCidr = "10.0.0.0/16";

/** The first address of the block, which the API server takes for itself: its certificate names it. */
export function apiServiceAddress({ serviceCidr = defaultServiceCidr }: ClusterSettings): string {
    const [address = ""] = serviceCidr.split("/");
    return address.replace(/\d+$/, (last) => String(Number(last) + 1));
}

/**
 * Admission plugins that AKS adds to the default ones. Pod Security is among the default ones.
 * @see https://learn.microsoft.com/azure/aks/faq (list of the page as of 2024; unverified since)
 */
const admissionPlugins = [
    "NodeRestriction",
    "PodNodeSelector",
    "PodTolerationRestriction",
    "ExtendedResourceToleration",
];

/** Who did what to what; bodies are left out, as secrets would be among them. */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: ["system:kube-scheduler", "system:kube-controller-manager", "system:apiserver"]
    verbs: [get, list, watch]
  - level: None
    resources: [{ group: coordination.k8s.io, resources: [leases] }]
  - level: None
    resources: [{ group: "", resources: [events] }, { group: events.k8s.io, resources: [events] }]
  - level: None
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi/*"]
  - level: Metadata
`;

/** Survives the end of any process; only a power cut may lose the last writes, as those of the sandbox's Azure. */
export function etcd({ folder, settings, ports, pki }: Plan): Program {
    const { certificate, key } = pki.pair("etcd");
    const authority = pki.pair("etcd-ca").certificate;
    const [client, peer] = [`https://127.0.0.1:${ports.etcd}`, `https://127.0.0.1:${ports.etcdPeer}`];
    return program(settings, "etcd", {
        "data-dir": clusterFiles(folder).etcd,
        "unsafe-no-fsync": true,
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": `default=${peer}`,
        "client-cert-auth": true,
        "peer-client-cert-auth": true,
        "cert-file": certificate,
        "key-file": key,
        "trusted-ca-file": authority,
        "peer-cert-file": certificate,
        "peer-key-file": key,
        "peer-trusted-ca-file": authority,
        "log-level": "warn",
    });
}

export function apiServer({ folder, settings, ports, pki }: Plan): Program {
    const files = clusterFiles(folder);
    const { certificate, key } = pki.pair("apiserver");
    const store = pki.pair("etcd-client");
    const proxy = pki.pair("front-proxy-client");
    return program(settings, "kube-apiserver", {
        "bind-address": "127.0.0.1",
        "secure-port": ports.api,
        // Where pods would reach it. Nothing connects there: the loopback is refused, and a machine may have no other.
        "advertise-address": "192.0.2.1",
        "tls-cert-file": certificate,
        "tls-private-key-file": key,
        "client-ca-file": pki.pair("ca").certificate,
        "anonymous-auth": false,
        "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
        "etcd-cafile": pki.pair("etcd-ca").certificate,
        "etcd-certfile": store.certificate,
        "etcd-keyfile": store.key,
        "service-cluster-ip-range": settings.serviceCidr ?? defaultServiceCidr,
        "service-account-issuer": settings.serviceAccountIssuer ?? "https://kubernetes.default.svc.cluster.local",
        "service-account-signing-key-file": pki.file("service-accounts.key"),
        "service-account-key-file": pki.file("service-accounts.pub"),
        ...(settings.entra
            ? { "authentication-config": files.authentication, "authorization-config": files.authorization }
            : { "authorization-mode": "Node,RBAC" }),
        // Nodes answer on this machine alone, under a kind of address that nothing else has.
        "kubelet-preferred-address-types": "ExternalDNS",
        "kubelet-certificate-authority": pki.pair("ca").certificate,
        "kubelet-client-certificate": pki.pair("kubelet-client").certificate,
        "kubelet-client-key": pki.pair("kubelet-client").key,
        "enable-admission-plugins": admissionPlugins.join(),
        "allow-privileged": true,
        "audit-log-path": files.audit,
        "audit-policy-file": files.auditPolicy,
        "audit-log-maxsize": 50,
        "audit-log-maxbackup": 2,
        // For API servers of others behind this one, such as that of KEDA's metrics.
        "requestheader-client-ca-file": pki.pair("front-proxy-ca").certificate,
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": proxy.certificate,
        "proxy-client-key-file": proxy.key,
        profiling: false,
    });
}

/** Nothing is paced: a whole platform comes up in seconds here. */
const unpaced = { "kube-api-qps": 1000, "kube-api-burst": 2000 };

export function scheduler({ folder, settings }: Plan): Program {
    return program(settings, "kube-scheduler", {
        kubeconfig: clusterFiles(folder).kubeconfigOf("kube-scheduler"),
        "leader-elect": false,
        "secure-port": 0,
        ...unpaced,
    });
}

export function controllerManager({ folder, settings, pki }: Plan): Program {
    const authority = pki.pair("ca");
    return program(settings, "kube-controller-manager", {
        kubeconfig: clusterFiles(folder).kubeconfigOf("kube-controller-manager"),
        "leader-elect": false,
        "secure-port": 0,
        "use-service-account-credentials": true,
        "service-account-private-key-file": pki.file("service-accounts.key"),
        "root-ca-file": authority.certificate,
        "cluster-signing-cert-file": authority.certificate,
        "cluster-signing-key-file": authority.key,
        ...unpaced,
    });
}

/** Plays the nodes: it keeps them ready, and lets pods start, end and stop. */
export function kwok({ folder, settings }: Plan): Program {
    const files = clusterFiles(folder);
    const { command } = program(settings, "kwok", {});
    const args = [...kwokFlags, `--kubeconfig=${files.adminKubeconfig}`, `--config=${files.stages}`, "--v=WARN"];
    return { name: "kwok", command, args };
}

function program(
    { binaries }: ClusterSettings,
    name: string,
    flags: Readonly<Record<string, string | number | boolean>>,
): Program {
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    return { name, command: join(binaries, name), args };
}
