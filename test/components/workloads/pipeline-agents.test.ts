import { agentFaults, PipelineAgents, type PipelineAgentsArgs } from "../../../components/workloads/pipeline-agents";
import { seen, value } from "../../mocks";

const image = `acr.azurecr.io/mlplatform/agent@sha256:${"a".repeat(64)}` as const;
const args: PipelineAgentsArgs = {
    ...{ organisation: "contoso", pool: "mlplatform-dev", image, nodes: { pool: "work" }, maxAgents: 4 },
    ...{ namespace: "platform-agents", serviceAccountName: "agent", scalerClientId: "scaler-client" },
};

interface ScaledJob {
    jobTargetRef: {
        backoffLimit: number;
        activeDeadlineSeconds: number;
        template: { metadata: { annotations: object }; spec: Pod };
    };
    triggers: { metadata: Record<string, string>; authenticationRef: object }[];
}
interface Pod {
    nodeSelector: object;
    tolerations: object[];
    automountServiceAccountToken: boolean;
    containers: { args: string[]; image: string; env: { name: string; value?: string }[] }[];
}

async function agents(more: Partial<PipelineAgentsArgs> = {}): Promise<ScaledJob> {
    await value(new PipelineAgents("agents", { ...args, ...more }).scaledJobName);
    const found = seen.find(({ inputs }) => inputs.kind === "ScaledJob");
    return found?.inputs.spec as ScaledJob;
}

test("one agent takes one job and ends, within its time, and a change leaves running jobs alone", async () => {
    const spec = await agents();
    expect(spec).toMatchObject({
        ...{ minReplicaCount: 0, maxReplicaCount: 4, rollout: { strategy: "gradual" } },
        scalingStrategy: { strategy: "accurate" },
        jobTargetRef: { parallelism: 1, backoffLimit: 0, activeDeadlineSeconds: 7200 },
    });
    expect(spec.jobTargetRef.template.spec.containers[0]).toMatchObject({ args: ["--once"], image });
    expect(spec.jobTargetRef.template.metadata.annotations).toEqual({
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    });
});

test("never a ScaledObject, and KEDA signs in by an identity of its own: there is no token to steal", async () => {
    const spec = await agents();
    expect(seen.map(({ inputs }) => inputs.kind).filter(Boolean)).toEqual(["TriggerAuthentication", "ScaledJob"]);
    expect(seen.find(({ inputs }) => inputs.kind === "TriggerAuthentication")?.inputs.spec).toEqual({
        podIdentity: { provider: "azure-workload", identityId: "scaler-client" },
    });
    expect(spec.triggers).toEqual([
        {
            type: "azure-pipelines",
            metadata: {
                organizationURLFromEnv: "AZP_URL",
                ...{ poolName: "mlplatform-dev", targetPipelinesQueueLength: "1" },
            },
            authenticationRef: { name: "azure-pipelines" },
        },
    ]);
    expect(JSON.stringify(spec)).not.toMatch(/AZP_TOKEN|personalAccessToken/);
});

test("agents go to their pool and to no other", async () => {
    const { jobTargetRef } = await agents({ nodes: { pool: "ci", taints: ["workload=agents:NoSchedule"] } });
    expect(jobTargetRef.template.spec).toMatchObject({
        nodeSelector: { "mlplatform/pool": "ci" },
        tolerations: [{ key: "workload", operator: "Equal", value: "agents", effect: "NoSchedule" }],
        automountServiceAccountToken: false,
    });
});

test("what jobs ask for is what agents have", async () => {
    const spec = await agents({ demands: ["builder", "size -equals large"] });
    expect(spec.triggers[0]?.metadata.demands).toBe("builder,size -equals large");
    expect(spec.jobTargetRef.template.spec.containers[0]?.env).toEqual(
        expect.arrayContaining([
            { name: "builder", value: "true" },
            { name: "size", value: "large" },
        ]),
    );
});

test("names every argument that breaks a rule", () => {
    expect(
        agentFaults("", {
            ...{ organisation: "https://dev.azure.com/contoso", pool: "", maxAgents: 0, maxJobMinutes: 2 },
            image: "docker.io/agent:latest" as typeof image,
            nodes: { pool: "T4", taints: ["nvidia.com/gpu=present:NoSchedule"] },
            demands: ["PATH -equals /tmp"],
        }),
    ).toEqual([
        expect.stringMatching(/^organisation must be .* got "https:/),
        expect.stringMatching(/^pool must be the name of an agent pool/),
        expect.stringMatching(/^image must be HOST\/REPOSITORY@sha256:DIGEST, .* got "docker.io\/agent:latest"$/),
        expect.stringMatching(/^nodes.pool must be the prefix of a pool/),
        expect.stringMatching(/^nodes.taints\[0\] must not be that of GPUs/),
        "maxAgents must be a whole number from 1 to 100, got 0",
        "maxJobMinutes must be a whole number from 5 to 1440, got 2",
        expect.stringMatching(/^demands\[0\] must be "name" or/),
    ]);
});
