import { attachmentsOf } from "../../../../sandbox/kubernetes/gateway/attachment";
import type { Gateway, HttpRoute, RouteRule } from "../../../../sandbox/kubernetes/gateway/objects";
import {
    backendFor,
    entriesOf,
    entryFor,
    milliseconds,
    rewritten,
} from "../../../../sandbox/kubernetes/gateway/routing";
import type { Asked } from "../../../../sandbox/kubernetes/gateway/routing";

const gateway: Gateway = {
    metadata: { name: "platform", namespace: "platform-gateway" },
    spec: {
        gatewayClassName: "platform",
        listeners: [
            {
                ...{ name: "https", hostname: "*.ml.example.com", port: 443, protocol: "HTTPS" },
                allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { routes: "allowed" } } } },
            },
        ],
    },
};
const route = (path: string, more: Partial<HttpRoute["spec"]> = {}, rule: RouteRule = {}): HttpRoute => ({
    metadata: { name: path.slice(1) || "root", namespace: "team" },
    spec: {
        parentRefs: [{ name: "platform", namespace: "platform-gateway" }],
        hostnames: ["vision.ml.example.com"],
        rules: [{ matches: [{ path: { type: "PathPrefix", value: path } }], ...rule }],
        ...more,
    },
});
const attach = (one: HttpRoute, labels: Record<string, string> = { routes: "allowed" }) =>
    attachmentsOf(one, [gateway], () => labels)[0];

describe("a route is attached", () => {
    test("with the names that the listener has too", () => {
        expect(attach(route("/detector"))).toMatchObject({
            ...{ accepted: true, hostnames: ["vision.ml.example.com"], listeners: ["https"] },
        });
        expect(attach(route("/", { hostnames: ["*.example.com"] }))?.hostnames).toEqual(["*.ml.example.com"]);
    });

    test.each([
        ["NotAllowedByListeners", route("/a"), { routes: "no" }],
        ["NoMatchingListenerHostname", route("/a", { hostnames: ["vision.example.org"] }), undefined],
        [
            "NoMatchingParent",
            route("/a", {
                parentRefs: [{ name: "platform", namespace: "platform-gateway", sectionName: "http" }],
            }),
            undefined,
        ],
        ["UnsupportedValue", route("/a", {}, { filters: [{ type: "RequestRedirect" }] }), undefined],
    ])("or told why not: %s", (reason, one, labels) => {
        expect(attach(one, labels)).toMatchObject({ accepted: false, reason, hostnames: [] });
    });

    test("by nobody here to a gateway of others", () => {
        expect(attachmentsOf(route("/a", { parentRefs: [{ name: "other" }] }), [gateway], () => ({}))).toEqual([]);
    });
});

describe("a request finds", () => {
    const entries = entriesOf(
        [
            route("/"),
            route("/detector"),
            route("/detector/v2"),
            route("/exact", {}, { matches: [{ path: { type: "Exact", value: "/detector/v2/health" } }] }),
            route("/posts", {}, { matches: [{ path: { type: "PathPrefix", value: "/detector" }, method: "POST" }] }),
        ].map((one) => ({ route: one, hostnames: one.spec.hostnames ?? [] })),
    );
    const find = (path: string, more: Partial<Asked> = {}): string | undefined =>
        entryFor(entries, { host: "vision.ml.example.com", method: "GET", headers: {}, path, ...more })?.route.metadata
            ?.name;

    test.each([
        ["/", "root"],
        ["/detectors", "root"],
        ["/detector", "detector"],
        ["/detector/", "detector"],
        ["/detector/v2/models", "detector/v2"],
        ["/detector/v2/health", "exact"],
    ])("the most specific rule: %s", (path, name) => {
        expect(find(path)).toBe(name);
    });

    test("one by method before one without", () => {
        expect(find("/detector", { method: "POST" })).toBe("posts");
    });

    test("nothing under another name, and all under the machine's own", () => {
        expect(find("/detector", { host: "audio.ml.example.com" })).toBeUndefined();
        expect(find("/detector", { host: "127.0.0.1" })).toBe("detector");
        const hubs = entriesOf([
            ...entries.map(({ route: one }) => ({ route: one, hostnames: ["vision.ml.example.com"] })),
            { route: route("/"), hostnames: ["a-longer-name.ml.example.com"] },
        ]);
        expect(entryFor(hubs, { host: "127.0.0.1", path: "/detector", method: "GET", headers: {} })?.hostname).toBe(
            "vision.ml.example.com",
        );
        expect(find("/detector", { host: "vision.localhost" })).toBe("detector");
        expect(find("/detector", { host: "audio.localhost" })).toBeUndefined();
    });
});

test.each([
    ["/detector", "/"],
    ["/detector/", "/"],
    ["/detector/v2/health", "/v2/health"],
])("a prefix is replaced: %s becomes %s", (path, after) => {
    const filters = [
        { type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } },
    ];
    const [entry] = entriesOf([{ route: route("/detector", {}, { filters }), hostnames: ["a"] }]);
    if (!entry) throw new Error("no entry");
    expect(rewritten(entry, { host: "a", path, method: "GET", headers: {} })).toEqual({ path: after, host: "a" });
});

test("backends are chosen by their weights", () => {
    const rule = {
        backendRefs: [
            { name: "old", weight: 90 },
            { name: "new", weight: 10 },
            { name: "none", weight: 0 },
        ],
    };
    expect(backendFor(rule, 0)?.name).toBe("old");
    expect(backendFor(rule, 0.899)?.name).toBe("old");
    expect(backendFor(rule, 0.9)?.name).toBe("new");
    expect(backendFor(rule, 0.999)?.name).toBe("new");
    expect(backendFor({ backendRefs: [{ name: "none", weight: 0 }] }, 0.5)).toBeUndefined();
});

test.each([
    ["60s", 60_000],
    ["1m30s", 90_000],
    ["500ms", 500],
    ["0s", 0],
])("%s is %i ms", (written, expected) => {
    expect(milliseconds(written)).toBe(expected);
});
