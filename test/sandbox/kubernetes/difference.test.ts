import { differences, keysOf } from "../../../sandbox/kubernetes/provider/difference";
import { typeOf } from "../../../sandbox/kubernetes/provider/objects";
import { replacePaths } from "../../../sandbox/kubernetes/provider/replacement";
import { unknown } from "../../../sandbox/protocol/values";
import type { Values } from "../../../sandbox/protocol/values";

const [deployment, secret] = ["kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Secret"];
const inPlace = { ConfigMap: false, Secret: false };

/** Paths that differ, `!` for those that replace. */
function differing(
    token: string,
    oldInputs: Values,
    live: Values,
    news: Values,
    ignoreChanges: string[] = [],
): string[] {
    const type = typeOf(token);
    const paths = replacePaths(type, inPlace, false);
    const compared = { type, isNamespaced: true, oldInputs, live, news, replacePaths: paths, ignoreChanges };
    return [...differences(compared)].map(([path, { kind, replace }]) => `${kind} ${path}${replace ? "!" : ""}`);
}

const container = (over: Values = {}): Values => ({ name: "c", image: "i", ...over });
const workload = (spec: Values, ...containers: Values[]): Values => ({
    metadata: { name: "d" },
    spec: { ...spec, template: { spec: { containers: containers.length > 0 ? containers : [container()] } } },
});

test("what the cluster adds is no difference", () => {
    const inputs = workload({ replicas: 1 });
    const sidecar = container({ name: "sidecar" });
    const live = {
        ...workload({ replicas: 1, strategy: {} }, container({ imagePullPolicy: "Always" }), sidecar),
        metadata: { name: "d", namespace: "default", uid: "1" },
        status: { replicas: 1 },
    };
    expect(differing(deployment, inputs, live, inputs)).toEqual([]);
});

test("one value written in two ways is no difference, in what Kubernetes itself brings", () => {
    const limits = { cpu: "1000m", memory: "1024Mi", "nvidia.com/gpu": 1 };
    const inputs = workload({}, container({ resources: { limits }, env: [] }));
    const live = workload({}, container({ resources: { limits: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" } } }));
    expect(differing(deployment, inputs, live, inputs)).toEqual([]);

    const [asked, kept] = [{ spec: { limits: { cpu: "1000m" } } }, { spec: { limits: { cpu: "1" } } }];
    expect(differing("kubernetes:example.com/v1:Thing", asked, kept, asked)).toEqual(["update spec.limits.cpu"]);
});

test("an environment variable is a text, never a quantity", () => {
    const named = (value: string): Values => workload({}, container({ env: [{ name: "A", value }] }));
    expect(differing(deployment, named("1000m"), named("1000m"), named("1"))).toEqual([
        "update spec.template.spec.containers[0].env[0].value",
    ]);
});

test("drift of what the inputs say is a difference, and what they say no more is deleted", () => {
    const inputs = workload({ replicas: 2, paused: true });
    const live = workload({ replicas: 5, paused: true, minReadySeconds: 3 });
    expect(differing(deployment, inputs, live, workload({ replicas: 2 }))).toEqual([
        "update spec.replicas",
        "delete spec.paused",
    ]);
});

test("what is not known yet may differ", () => {
    const inputs = workload({ replicas: 1 });
    expect(differing(deployment, inputs, inputs, workload({ replicas: unknown }))).toEqual(["update spec.replicas"]);
});

test("identity and immutable fields replace", () => {
    const selected = (app: string): Values => workload({ selector: { matchLabels: { app } } });
    const old = { ...selected("a"), metadata: { name: "d", namespace: "one" } };
    expect(differing(deployment, old, old, { ...selected("b"), metadata: { name: "e", namespace: "two" } })).toEqual([
        "update metadata.name!",
        "update metadata.namespace!",
        "update spec.selector.matchLabels.app!",
    ]);
    const pod = (image: string): Values => ({ spec: { containers: [{ name: "c", image }] } });
    expect(differing("kubernetes:core/v1:Pod", pod("a"), pod("a"), pod("b"))).toEqual([
        "update spec.containers[0].image!",
    ]);
    const claim = { spec: { accessModes: ["ReadWriteOnce"] } };
    const wider = { spec: { accessModes: ["ReadWriteOnce"], volumeName: "v" } };
    expect(differing("kubernetes:core/v1:PersistentVolumeClaim", claim, claim, wider)).toEqual([
        "add spec.volumeName!",
    ]);
});

test("no namespace is the namespace default", () => {
    const old = { metadata: { name: "s", namespace: "default" } };
    expect(differing(secret, { metadata: { name: "s" } }, old, { metadata: { name: "s" } })).toEqual([]);
});

test("a Secret's text is compared with what the API server has made of it", () => {
    const inputs = { stringData: { a: "x" } };
    const live = { data: { a: Buffer.from("x").toString("base64") } };
    expect(differing(secret, inputs, live, inputs)).toEqual([]);
    expect(differing(secret, inputs, live, { stringData: { a: "y" } })).toEqual(["update stringData.a!"]);
});

test("data changes in place where the provider is told so, but never in an immutable object", () => {
    const type = typeOf("kubernetes:core/v1:ConfigMap");
    const paths = (mutable: boolean, isImmutable: boolean): string[] =>
        replacePaths(type, { ConfigMap: mutable, Secret: false }, isImmutable).map((path) => path.join("."));
    expect(paths(true, false)).toEqual(["metadata.name", "metadata.namespace"]);
    expect(paths(true, true)).toContain("data");
    expect(paths(false, false)).toContain("data");
});

test("ignored changes are none, at the path and below it", () => {
    const [old, news] = [workload({ replicas: 1 }), workload({ replicas: 3, paused: true })];
    expect(differing(deployment, old, old, news, ["spec.replicas"])).toEqual(["add spec.paused"]);
    expect(differing(deployment, old, old, news, ["spec"])).toEqual([]);
});

test("takes property paths apart", () => {
    expect(keysOf('metadata.annotations["a.b/c"].x[0].y')).toEqual(["metadata", "annotations", "a.b/c", "x", "0", "y"]);
});
