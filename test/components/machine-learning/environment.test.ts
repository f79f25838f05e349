import { Environment, type EnvironmentArgs } from "../../../components/machine-learning/environment";
import { only, value } from "../../mocks";

const args: EnvironmentArgs = {
    ...{ resourceGroupName: "rg", workspaceName: "mlw", environment: "environment-vision", version: "a1-b2" },
    image: `cr.azurecr.io/mlplatform/environment-vision@sha256:${"d".repeat(64)}`,
};

test("is a version of its own for its image, which jobs name", async () => {
    expect(await value(new Environment("vision", args).reference)).toBe("azureml:environment-vision:a1-b2");
    expect(only("machinelearningservices:EnvironmentVersion").inputs).toMatchObject({
        ...{ workspaceName: "mlw", name: "environment-vision", version: "a1-b2" },
        properties: { image: args.image, osType: "Linux" },
    });
});

test.each<[string, Partial<EnvironmentArgs>, string]>([
    ["a name with a slash", { environment: "a/b" }, "environment must be 1 to 255 letters, digits, - and _"],
    ["a version with a colon", { version: "a:b" }, "version must be 1 to 255 letters, digits, - and _"],
])("refuses %s", (_, change, message) => {
    expect(() => new Environment("vision", { ...args, ...change })).toThrow(message);
});
