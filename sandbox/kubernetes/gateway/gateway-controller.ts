import { isDeepStrictEqual } from "node:util";
import {
    CoreV1Api,
    CustomObjectsApi,
    DiscoveryV1Api,
    makeInformer,
    PatchStrategy,
    setHeaderOptions,
    type Informer,
    type KubernetesListObject,
    type KubernetesObject,
    type ObjectCache,
    type V1Endpoint,
    type V1EndpointSlice,
    type V1Namespace,
    type V1Service,
} from "@kubernetes/client-node";
import { kubeConfigOf } from "../api-server";
import { answered } from "../nodes/cluster-view";
import { attachmentsOf } from "./attachment";
import { controllerName } from "./objects";
import type { BackendRef, Gateway, GatewayClass, HttpRoute } from "./objects";
import { Proxy } from "./proxy";
import type { Endpoint } from "./proxy";
import { entriesOf } from "./routing";
import type { Entry } from "./routing";
import { classStatus, gatewayStatus, routeStatus, withMoments } from "./statuses";
import type { BackendFault } from "./statuses";

export interface GatewayOptions {
    /** Text of a kubeconfig with all rights. */
    kubeconfig: string;
    /** Port of this machine on which it listens. */
    port: number;
    /** Port of this machine for a pod's; undefined for one that has no process here. */
    portOf: (podUid: string, port: number) => number | undefined;
    log: (line: string) => void;
}

type Watched<T extends KubernetesObject> = Informer<T> & ObjectCache<T>;

const api = { group: "gateway.networking.k8s.io", version: "v1" } as const;
const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
/** Until the charts are there, so are their kinds not. */
const againMs = 1_000;

/** Plays Envoy Gateway and its proxies: takes the cluster's routes, says so in their status, and forwards what is asked. */
export class GatewayController {
    private readonly custom: CustomObjectsApi;
    private readonly watches: {
        classes: Watched<GatewayClass>;
        gateways: Watched<Gateway>;
        routes: Watched<HttpRoute>;
        services: Watched<V1Service>;
        slices: Watched<V1EndpointSlice>;
        namespaces: Watched<V1Namespace>;
    };
    private readonly proxy: Proxy;
    private entries: Entry[] = [];
    private stopped = false;
    private telling: Promise<void> | undefined;
    private again = false;

    private constructor(private readonly options: GatewayOptions) {
        const config = kubeConfigOf(options.kubeconfig);
        this.custom = config.makeApiClient(CustomObjectsApi);
        const core = config.makeApiClient(CoreV1Api);
        const discovery = config.makeApiClient(DiscoveryV1Api);
        const own = <T extends KubernetesObject>(plural: string): Watched<T> =>
            makeInformer<T>(
                config,
                `/apis/${api.group}/${api.version}/${plural}`,
                async () => (await this.custom.listClusterCustomObject({ ...api, plural })) as KubernetesListObject<T>,
            );
        this.watches = {
            classes: own<GatewayClass>("gatewayclasses"),
            gateways: own<Gateway>("gateways"),
            routes: own<HttpRoute>("httproutes"),
            services: makeInformer(config, "/api/v1/services", () => core.listServiceForAllNamespaces()),
            slices: makeInformer(config, "/apis/discovery.k8s.io/v1/endpointslices", () =>
                discovery.listEndpointSliceForAllNamespaces(),
            ),
            namespaces: makeInformer(config, "/api/v1/namespaces", () => core.listNamespace()),
        };
        for (const watch of Object.values(this.watches) as Watched<KubernetesObject>[]) {
            watch.on("change", () => {
                this.changed();
            });
            watch.on("delete", () => {
                this.changed();
            });
            watch.on("error", (fault: unknown) => {
                this.beginAgain(watch, fault);
            });
        }
        this.proxy = new Proxy({
            port: options.port,
            entries: () => this.entries,
            endpointsOf: (backend, route) => this.endpointsOf(backend, route),
        });
    }

    static async start(options: GatewayOptions): Promise<GatewayController> {
        const controller = new GatewayController(options);
        await controller.proxy.listen();
        for (const watch of Object.values(controller.watches) as Watched<KubernetesObject>[])
            void controller.begin(watch);
        return controller;
    }

    async stop(): Promise<void> {
        this.stopped = true;
        this.proxy.stop();
        await Promise.all((Object.values(this.watches) as Watched<KubernetesObject>[]).map((watch) => watch.stop()));
        await this.telling;
    }

    private async begin(watch: Watched<KubernetesObject>): Promise<void> {
        if (this.stopped) return;
        await watch.start().catch((fault: unknown) => {
            this.beginAgain(watch, fault);
        });
    }

    private beginAgain(watch: Watched<KubernetesObject>, fault: unknown): void {
        if (this.stopped) return;
        if (!answered(fault, 404)) this.options.log(`gateway: ${String(fault)}`);
        setTimeout(() => void this.begin(watch), againMs);
    }

    private changed(): void {
        const { routes, slices } = this.watches;
        const taken = routes.list().map((route) => ({ route, attachments: this.attachments(route) }));
        this.entries = entriesOf(
            taken.map(({ route, attachments }) => ({
                route,
                hostnames: attachments.flatMap(({ accepted, hostnames }) => (accepted ? hostnames : [])),
            })),
        );
        // A slice of no pod has null there, whatever its type says.
        const ready = slices.list().flatMap(({ endpoints }) => (endpoints ?? []).filter(isReady));
        this.proxy.keepOnly(new Set(ready.flatMap(({ targetRef }) => targetRef?.uid ?? [])));
        if (this.telling) {
            this.again = true;
            return;
        }
        this.again = false;
        this.telling = this.tell()
            .catch((fault: unknown) => {
                if (!this.stopped) this.options.log(`gateway: ${String(fault)}`);
            })
            .finally(() => {
                this.telling = undefined;
                if (this.again && !this.stopped) this.changed();
            });
    }

    /** Gateways of this controller's classes. */
    private gateways(): Gateway[] {
        const own = this.watches.classes.list().filter(({ spec }) => spec.controllerName === controllerName);
        const names = new Set(own.map(({ metadata }) => metadata?.name));
        return this.watches.gateways.list().filter(({ spec }) => names.has(spec.gatewayClassName));
    }

    private attachments(route: HttpRoute) {
        const labels = (namespace: string): Record<string, string> =>
            this.watches.namespaces.get(namespace)?.metadata?.labels ?? {};
        return attachmentsOf(route, this.gateways(), labels);
    }

    private endpointsOf(backend: BackendRef, route: HttpRoute): Endpoint[] {
        const namespace = backend.namespace ?? route.metadata?.namespace ?? "";
        const port = this.watches.services
            .get(backend.name, namespace)
            ?.spec?.ports?.find((each) => each.port === backend.port);
        if (!port) return [];
        return this.watches.slices.list(namespace).flatMap((slice) => {
            if (slice.metadata?.labels?.["kubernetes.io/service-name"] !== backend.name) return [];
            const number = slice.ports?.find(({ name = "" }) => name === (port.name ?? ""))?.port;
            return (slice.endpoints ?? []).filter(isReady).flatMap(({ targetRef }) => {
                const uid = targetRef?.uid ?? "";
                const here = number === undefined ? undefined : this.options.portOf(uid, number);
                return here === undefined ? [] : [{ uid, port: here }];
            });
        });
    }

    private faultOf({ spec, metadata }: HttpRoute): BackendFault | undefined {
        for (const { kind = "Service", name, namespace = metadata?.namespace ?? "" } of (spec.rules ?? []).flatMap(
            ({ backendRefs = [] }) => backendRefs,
        )) {
            if (kind !== "Service")
                return { reason: "InvalidKind", message: `a backend of kind ${kind} is not supported` };
            if (namespace !== metadata?.namespace)
                return { reason: "RefNotPermitted", message: `Service ${namespace}/${name} is of another namespace` };
            if (!this.watches.services.get(name, namespace))
                return { reason: "BackendNotFound", message: `Service ${namespace}/${name} not found` };
        }
        return undefined;
    }

    private async tell(): Promise<void> {
        const { classes, routes } = this.watches;
        for (const one of classes.list())
            if (one.spec.controllerName === controllerName) await this.write("gatewayclasses", one, classStatus);
        const all = routes.list().map((route) => ({ route, attachments: this.attachments(route) }));
        for (const gateway of this.gateways()) {
            const { name, namespace } = gateway.metadata ?? {};
            const attached = (listener: string): number =>
                all.filter(({ route, attachments }) =>
                    attachments.some(
                        ({ parentRef, listeners }) =>
                            parentRef.name === name &&
                            (parentRef.namespace ?? route.metadata?.namespace) === namespace &&
                            listeners.includes(listener),
                    ),
                ).length;
            await this.write("gateways", gateway, gatewayStatus(gateway, attached));
        }
        for (const { route, attachments } of all)
            if (attachments.length > 0)
                await this.write("httproutes", route, routeStatus(attachments, this.faultOf(route)));
    }

    /** Writes a status that says something new. */
    private async write(plural: string, about: KubernetesObject & { status?: object }, wanted: object): Promise<void> {
        const { name = "", namespace, generation = 1 } = about.metadata ?? {};
        const status = withMoments(wanted, about.status, generation, new Date());
        if (this.stopped || isDeepStrictEqual(status, about.status)) return;
        const body = { status };
        const written =
            namespace === undefined
                ? this.custom.patchClusterCustomObjectStatus({ ...api, plural, name, body }, merge)
                : this.custom.patchNamespacedCustomObjectStatus({ ...api, plural, name, namespace, body }, merge);
        await written.catch((fault: unknown) => {
            this.options.log(`status of ${plural} ${name}: ${String(fault)}`);
        });
    }
}

/** Missing means ready, by the API. */
const isReady = ({ conditions }: V1Endpoint): boolean => conditions?.ready !== false;
