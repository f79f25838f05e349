import type { ScoringPlace } from "../../../stacks/team/endpoints";
import { spot, t4, work } from "../../components/workloads/scorers";

/** Where team `vision` serves and scores. */
export const scoringPlace: ScoringPlace = {
    ...{ team: "vision", namespace: "team-vision", serviceAccountName: "vision", queue: "jobs" },
    loginServer: "cr.azurecr.io",
    recordsEndpoint: "https://stmlprec.blob.core.windows.net/",
    workEndpoint: "https://stmlpwork.blob.core.windows.net/",
    pools: [t4, work, spot],
    quota: { gpus: { t4: 2, t4spot: 2 }, cpu: 24, memoryGib: 64, pods: 20 },
    gateway: { name: "platform", namespace: "platform-gateway", domain: "ml.example.com" },
    ...{ metricsUrl: "https://metrics", containers: ["frames", "labels"] },
};
