import { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { TestControlPlane } from "./control-plane";

/** What every kind of test cluster is asked by. */
export abstract class Clients {
    protected abstract readonly cluster: TestControlPlane;

    get core(): CoreV1Api {
        return this.cluster.client(CoreV1Api);
    }
    get apps(): AppsV1Api {
        return this.cluster.client(AppsV1Api);
    }
    get batch(): BatchV1Api {
        return this.cluster.client(BatchV1Api);
    }
}
