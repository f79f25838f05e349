import { EnvironmentContainer } from "@pulumi/azure-native/machinelearningservices/environmentContainer";
import { EnvironmentVersion } from "@pulumi/azure-native/machinelearningservices/environmentVersion";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, renamedOptions, shown } from "../options";
import { refuse } from "../refuse";

/** Arguments of {@link Environment}. */
export interface EnvironmentArgs {
    resourceGroupName: string;
    workspaceName: string;
    /** 1 to 255 of letters, digits, `-` and `_`, from a letter or digit on. */
    environment: string;
    /** Of what the image holds: another image is another version, as Azure changes none. */
    version: string;
    /** The image in the platform's registry, by digest. */
    image: pulumi.Input<string>;
}

/**
 * An image as an environment of Azure ML: jobs name it, and run in the very image that notebooks run in.
 * @throws pulumi.ResourceError naming what is not as it must be
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-environments-v2
 */
export class Environment extends pulumi.ComponentResource {
    /** What a job names it by. */
    readonly reference: pulumi.Output<string>;

    constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mlplatform:machine-learning:Environment", name, shown(args), opts);
        const { resourceGroupName, workspaceName, environment, version, image } = args;
        const rule = /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;
        refuse(this, [
            !rule.test(environment) &&
                `environment must be 1 to 255 letters, digits, - and _, from a letter or digit on, got "${environment}"`,
            !rule.test(version) &&
                `version must be 1 to 255 letters, digits, - and _, from a letter or digit on, got "${version}"`,
        ]);
        const place = { resourceGroupName, workspaceName, name: environment };
        const container = new EnvironmentContainer(
            name,
            { ...place, properties: { description: "Built by the platform's images stack" } },
            childOptions(this, "machinelearningservices:EnvironmentContainer"),
        );
        const made = new EnvironmentVersion(
            `${name}-version`,
            { ...place, version, properties: { image, osType: "Linux" } },
            renamedOptions(this, "machinelearningservices:EnvironmentVersion", { dependsOn: container }),
        );
        this.reference = made.id.apply(() => `azureml:${environment}:${version}`);
        this.registerOutputs({ reference: this.reference });
    }
}
