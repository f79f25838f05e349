import { stringify } from "yaml";
import { annotation } from "./node-object";

/** Flags of kwok that the stages are written for, beside those for kubeconfig and configuration. */
export const kwokFlags: readonly string[] = ["--manage-all-nodes=true", "--node-lease-duration-seconds=40"];

interface Step {
    patch?: { subresource: string; root: string; template: string; type: string };
    event?: { type: string; reason: string; message: string };
    delete?: boolean;
}

interface Condition {
    key: string;
    operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    values?: string[];
}

const of = (name: string): string => `.metadata.annotations["${name}"]`;
const is = (key: string, ...values: string[]): Condition => ({ key, operator: "In", values });
const isNot = (key: string, ...values: string[]): Condition => ({ key, operator: "NotIn", values });
const exists = (key: string): Condition => ({ key, operator: "Exists" });
const missing = (key: string): Condition => ({ key, operator: "DoesNotExist" });

function stage(
    kind: "Node" | "Pod",
    name: string,
    when: Condition[],
    delay: object | undefined,
    steps: Step[],
): object {
    return {
        apiVersion: "kwok.x-k8s.io/v1alpha1",
        kind: "Stage",
        metadata: { name },
        spec: {
            resourceRef: { apiGroup: "v1", kind },
            selector: { matchExpressions: when },
            ...(delay && { delay }),
            steps,
        },
    };
}

const status = (template: string): Step => ({
    patch: { subresource: "status", root: "status", type: "strategic", template },
});

const nodeConditions = `
{{ $now := Now }}
{{ $since := or .metadata.creationTimestamp $now }}
conditions:
- { type: MemoryPressure, status: "False", reason: KubeletHasSufficientMemory, message: kubelet has sufficient memory available, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $since | Quote }} }
- { type: DiskPressure, status: "False", reason: KubeletHasNoDiskPressure, message: kubelet has no disk pressure, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $since | Quote }} }
- { type: PIDPressure, status: "False", reason: KubeletHasSufficientPID, message: kubelet has sufficient PID available, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $since | Quote }} }
- { type: Ready, status: "True", reason: KubeletReady, message: kubelet is posting ready status, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $since | Quote }} }
`;

const podAddresses = `
{{ with NodeIPWith .spec.nodeName }}
hostIP: {{ . | Quote }}
hostIPs: [{ ip: {{ . | Quote }} }]
{{ end }}
{{ with PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
podIP: {{ . | Quote }}
podIPs: [{ ip: {{ . | Quote }} }]
{{ end }}
`;

const initContainers = `
{{ with .spec.initContainers }}
initContainerStatuses:
{{ range . }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq (or .restartPolicy "") "Always" }}
  started: true
  state: { running: { startedAt: {{ $now | Quote }} } }
  {{ else }}
  started: false
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}
`;

/** All conditions of a pod, ready or for the reason. */
function podConditions(reason?: string): string {
    const condition = (type: string, met: boolean): string =>
        `- { type: ${type}, status: "${met ? "True" : "False"}", lastTransitionTime: {{ $now | Quote }}${met ? ", reason: null, message: null" : `, reason: ${reason ?? ""}`} }`;
    const ready = reason === undefined;
    return [
        "conditions:",
        condition("PodReadyToStartContainers", true),
        condition("Initialized", true),
        condition("ContainersReady", ready),
        condition("Ready", ready),
        `{{ range .spec.readinessGates }}`,
        `- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }} }`,
        "{{ end }}",
    ].join("\n");
}

const containers = (ready: boolean, state: string): string => `
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  containerID: {{ printf "containerd://sandbox-%s-%s" $uid .name | Quote }}
  ready: ${ready ? "true" : "false"}
${state}
{{ end }}
`;

const now = `
{{ $now := Now }}
{{ $uid := .metadata.uid }}
{{ $started := or .status.startTime $now }}
`;
const running = `  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }`;
const crashLooping = `  started: false
  restartCount: 1
  state: { waiting: { reason: CrashLoopBackOff, message: back-off 10s restarting failed container } }
  lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }`;
const ended = (exitCode: number, reason: string): string => `  started: false
  restartCount: 0
  state: { terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ $started | Quote }}, finishedAt: {{ $now | Quote }} } }`;

/** A pod that starts, with its containers as told. */
const started = (state: string, reason?: string): Step =>
    status(
        `${now}${podConditions(reason)}${containers(reason === undefined, state)}${initContainers}${podAddresses}phase: Running\nstartTime: {{ $now | Quote }}\n`,
    );
const finished = (phase: "Succeeded" | "Failed", exitCode: number, reason: string): Step =>
    status(
        `${now}${podConditions(phase === "Succeeded" ? "PodCompleted" : "PodFailed")}${containers(false, ended(exitCode, reason))}phase: ${phase}\n`,
    );

const living = missing(".metadata.deletionTimestamp");
const restarts = is(".spec.restartPolicy", "Always");
const ends = isNot(".spec.restartPolicy", "Always");
const fails = of(annotation.fails);
/** What is not played by the sandbox's own local pods. */
const played = missing(of(annotation.local));
const pulled = [played, living, is(of(annotation.pulled), "true"), is(".status.phase", "Pending")];
const runs = [played, living, is(".status.phase", "Running")];
const afterRun = { durationFrom: { expressionFrom: of(annotation.runsFor) } };
const created: Step = { event: { type: "Normal", reason: "Started", message: "Started containers" } };

/** As long as the controller tells that the pod takes to stop, which is its grace period at most. */
const stopping = {
    durationMilliseconds: 0,
    durationFrom: { expressionFrom: of(annotation.stopsAfter) },
};

/**
 * How nodes and pods of the sandbox live, as kwok plays it: nodes become ready and stay so; pods whose images the
 * controller has found start, become ready, end when their time is over and stop when they are deleted.
 */
export function kwokStages(): string {
    const stages = [
        stage(
            "Node",
            "node-ready",
            [isNot(`.status.conditions.[] | select(.type == "Ready") | .status`, "True")],
            undefined,
            [status(`${nodeConditions}phase: Running\n`)],
        ),
        stage(
            "Node",
            "node-heartbeat",
            [is(`.status.conditions.[] | select(.type == "Ready") | .status`, "True")],
            { durationMilliseconds: 300_000 }, // as often as a kubelet with nothing to tell
            [status(nodeConditions)],
        ),
        stage("Pod", "pod-start", [...pulled, isNot(fails, "crash", "unready")], undefined, [
            created,
            started(running),
        ]),
        stage("Pod", "pod-start-unready", [...pulled, is(fails, "unready")], undefined, [
            created,
            started(running, "ContainersNotReady"),
        ]),
        stage("Pod", "pod-crash", [...pulled, is(fails, "crash"), restarts], undefined, [
            { event: { type: "Warning", reason: "BackOff", message: "Back-off restarting failed container" } },
            started(crashLooping, "ContainersNotReady"),
        ]),
        stage("Pod", "pod-fail", [...pulled, is(fails, "crash"), ends], afterRun, [finished("Failed", 1, "Error")]),
        stage("Pod", "pod-complete", [...runs, ends, exists(of(annotation.runsFor))], afterRun, [
            finished("Succeeded", 0, "Completed"),
        ]),
        stage("Pod", "pod-stop", [played, exists(".metadata.deletionTimestamp"), restarts], stopping, [
            { delete: true },
        ]),
        // What ends by itself has failed when it is stopped before, which a Job counts.
        stage(
            "Pod",
            "pod-interrupt",
            [played, exists(".metadata.deletionTimestamp"), ends, isNot(".status.phase", "Succeeded", "Failed")],
            stopping,
            [finished("Failed", 143, "Error"), { delete: true }],
        ),
        stage(
            "Pod",
            "pod-remove",
            [played, exists(".metadata.deletionTimestamp"), ends, is(".status.phase", "Succeeded", "Failed")],
            undefined,
            [{ delete: true }],
        ),
    ];
    return stages.map((each) => stringify(each)).join("---\n");
}
