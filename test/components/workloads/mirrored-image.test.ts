import { mirrored, mirroredChart, repositoryAndTag } from "../../../components/workloads/mirrored-image";
import { imageFaults } from "../../../components/workloads/pinned-image";

const digest = `sha256:${"a".repeat(64)}` as const;

test("a third party's image is the platform's copy by digest", () => {
    const image = mirrored("keda", "crmlpdev1.azurecr.io", () => digest);
    expect(image).toBe(`crmlpdev1.azurecr.io/mirror/kedacore/keda@${digest}`);
    expect(imageFaults("image", image)).toEqual([]);
    expect(repositoryAndTag(image, "2.20.2")).toEqual({
        repository: "crmlpdev1.azurecr.io/mirror/kedacore/keda",
        tag: `2.20.2@${digest}`,
    });
});

test("a chart is the platform's copy, too", () => {
    expect(mirroredChart("keda-chart", "crmlpdev1.azurecr.io")).toBe("oci://crmlpdev1.azurecr.io/mirror/charts/keda");
});

test.each([
    ["a tag", "crmlpdev1.azurecr.io/mirror/kedacore/keda:2.20.2"],
    ["nothing but a name", "crmlpdev1.azurecr.io/mirror/kedacore/keda"],
    ["a digest cut short", "crmlpdev1.azurecr.io/keda@sha256:abc"],
    ["a tag beside the digest", `crmlpdev1.azurecr.io/keda:1@${digest}`],
])("%s is refused", (_, image) => {
    expect(imageFaults("agents.image", image)).toEqual([
        `agents.image must be HOST/REPOSITORY@sha256:DIGEST, by digest and without a tag, got "${image}"`,
    ]);
});
