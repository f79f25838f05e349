import type { Chart } from "./chart";
import { envoyGateway } from "./envoy-gateway";
import { jupyterhub } from "./jupyterhub";
import { keda } from "./keda";
import { kueue } from "./kueue";

/** Every chart that the sandbox can install. */
export const charts: readonly Chart[] = [envoyGateway, jupyterhub, keda, kueue];
