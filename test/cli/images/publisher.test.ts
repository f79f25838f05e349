import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { publicAddress, resolveArchive, resolveTag } from "../../../cli/images/publisher";
import type { OciPart } from "../../../facts/third-party";

const manifest = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" });
const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
const part: OciPart = {
    ...{ kind: "image", repository: "registry.example/team/tool", version: "v1", from: "quay" },
    ...{ purpose: "", source: "", date: "" },
};

let server: Server | undefined;
const asked: string[] = [];

/** A registry on this machine. */
async function listen(answer: RequestListener): Promise<string> {
    asked.length = 0;
    const made = createServer((request, response) => {
        asked.push(`${request.url ?? ""} ${request.headers.authorization ?? "-"}`);
        answer(request, response);
    });
    server = made;
    await new Promise<void>((ready) => made.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}
afterEach(async () => {
    await new Promise((done) => server?.close(done));
});

test("a digest is that of the manifest, asked for with a token for whoever asks", async () => {
    const at = await listen((request, response) => {
        const url = new URL(request.url ?? "", "http://x");
        if (url.pathname === "/token") {
            expect(url.searchParams.get("service")).toBe("the registry");
            expect(url.searchParams.get("scope")).toBe("repository:team/tool:pull");
            response.end(JSON.stringify({ token: "for-anybody" }));
        } else if (request.headers.authorization !== "Bearer for-anybody") {
            const fields = `service="the registry",scope="repository:team/tool:pull"`;
            response
                .writeHead(401, {
                    "www-authenticate": `Bearer realm="http://${request.headers.host ?? ""}/token",${fields}`,
                })
                .end();
        } else {
            expect(request.headers.accept).toContain("application/vnd.oci.image.index.v1+json");
            response.writeHead(200, { "docker-content-digest": digest }).end(manifest);
        }
    });
    await expect(resolveTag(part, () => at)).resolves.toBe(digest);
    expect(asked).toEqual([
        "/v2/team/tool/manifests/v1 -",
        expect.stringMatching(/^\/token\?.+ -$/),
        "/v2/team/tool/manifests/v1 Bearer for-anybody",
    ]);
});

test("a registry that asks nobody for a token is asked once", async () => {
    const at = await listen((_, response) => response.end(manifest));
    await expect(resolveTag(part, () => at)).resolves.toBe(digest);
    expect(asked).toHaveLength(1);
});

test("a header that does not go with what came is refused", async () => {
    const wrong = `sha256:${"0".repeat(64)}`;
    const at = await listen((_, response) => response.writeHead(200, { "docker-content-digest": wrong }).end(manifest));
    await expect(resolveTag(part, () => at)).rejects.toThrow(
        `registry.example says that team/tool:v1 is ${wrong}, and what it sent is ${digest}`,
    );
});

test.each([
    [404, {}, "registry.example answered 404 when asked for team/tool:v1"],
    [401, { "www-authenticate": 'Basic realm="x"' }, 'a registry wants credentials: Basic realm="x"'],
])("%i is told", async (status, headers, message) => {
    const at = await listen((_, response) => response.writeHead(status, headers).end());
    await expect(resolveTag(part, () => at)).rejects.toThrow(message);
});

test("Docker's registry answers by another name than its images carry", () => {
    expect(publicAddress("docker.io")).toBe("https://registry-1.docker.io");
    expect(publicAddress("quay.io")).toBe("https://quay.io");
});

describe("a chart beside an index", () => {
    const chart = {
        kind: "archive",
        chart: "keda",
        version: "2.20.2",
        from: "kedaChart",
        purpose: "",
        source: "",
        date: "",
    } as const;
    const hex = "b".repeat(64);

    test("is its archive's checksum", async () => {
        const index = await listen((_, response) =>
            response.end(
                `entries:\n  keda:\n    - version: 2.20.1\n      digest: ${"a".repeat(64)}\n    - version: 2.20.2\n      digest: ${hex}\n`,
            ),
        );
        await expect(resolveArchive({ ...chart, index })).resolves.toBe(`sha256:${hex}`);
        expect(asked).toEqual(["/index.yaml -"]);
    });

    test("is refused without one", async () => {
        const index = await listen((_, response) => response.end("entries:\n  keda:\n    - version: 2.20.2\n"));
        await expect(resolveArchive({ ...chart, index })).rejects.toThrow("has no checksum of keda 2.20.2");
    });
});
