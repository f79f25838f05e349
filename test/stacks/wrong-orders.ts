/** A good order; `teams/vision.yaml` in the tests. */
export const goodOrder = {
    ...{ team: "vision", lead: "lead@example.com", costCentre: "CV-1", environments: ["dev"] },
    groups: {
        members: "66666666-6666-4666-8666-000000000001",
        viewers: "66666666-6666-4666-8666-000000000002",
    },
    quota: { gpus: { t4: 1 }, cpu: 6, memoryGib: 32, storageGib: 200, pods: 30 },
    budget: { amount: 400, alertPercents: [50, 80], hardCapPercent: 120 },
    ...{ expires: "2027-06-30", containers: ["frames"], imagePrefix: "vision" },
};

/** An order with one thing wrong, and what the reader must be told about it. */
export interface WrongOrder {
    what: string;
    order: object;
    message: string;
}

const wrong = (what: string, change: object, message: string): WrongOrder => ({
    what,
    order: { ...goodOrder, ...change },
    message: `teams/vision.yaml: ${message}`,
});
const quota = (change: object): object => ({ quota: { ...goodOrder.quota, ...change } });
const budget = (change: object): object => ({ budget: { ...goodOrder.budget, ...change } });
const group = goodOrder.groups.members;
const inProd = (change: object): object => ({ environments: ["dev", "prod"], overrides: { prod: change } });

export const wrongOrders: readonly WrongOrder[] = [
    wrong("another file's team", { team: "audio" }, 'team must be the name of the file, got "audio"'),
    wrong("a team in capitals", { team: "Vision" }, "team must be 2 to 20 of a-z, 0-9 and single inner hyphens"),
    wrong("a team too long", { team: "v".repeat(21) }, "team must be 2 to 20 of a-z"),
    wrong("no lead", { lead: undefined }, "lead must be an e-mail address, got nothing"),
    wrong("a lead by name", { lead: "Kim" }, 'lead must be an e-mail address, got "Kim"'),
    wrong("a cost centre that tags cannot hold", { costCentre: "a/b" }, "costCentre must be 1 to 64 characters"),
    wrong(
        "a group by name",
        { groups: { members: "vision-team" } },
        'groups.members must be a GUID such as 8c4ef2b1-..., and not the one of zeros, got "vision-team"',
    ),
    wrong("no members", { groups: {} }, "groups.members must be a GUID such as"),
    wrong(
        "one group for both",
        { groups: { members: group, viewers: group } },
        `groups.viewers must not be groups.members, got "${group}" for both`,
    ),
    wrong(
        "an environment of nobody's",
        { environments: ["test"] },
        'environments[0] must be one of dev, staging, prod, got "test"',
    ),
    wrong("no environment", { environments: [] }, "environments must hold at least 1, got 0"),
    wrong(
        "an environment twice",
        { environments: ["dev", "dev"] },
        'environments must name each once, got "dev" again',
    ),
    wrong(
        "half a GPU",
        quota({ gpus: { t4: 0.5 } }),
        'quota.gpus["t4"] must be a whole number from 1 to 1000, got 0.5',
    ),
    wrong("a pool by its size", quota({ gpus: { T4: 1 } }), "quota.gpus must name pools by their prefix"),
    wrong("GPUs without a pool", quota({ gpus: 2 }), "quota.gpus must be a map of names to values, got 2"),
    wrong("no CPU", quota({ cpu: 0 }), "quota.cpu must be a whole number from 1 to 10000, got 0"),
    wrong("memory with a unit", quota({ memoryGib: "32Gi" }), "quota.memoryGib must be a whole number from 1"),
    wrong("less storage than none", quota({ storageGib: -1 }), "quota.storageGib must be a whole number from 0"),
    wrong("no pods", quota({ pods: undefined }), "quota.pods must be a whole number from 1 to 5000, got nothing"),
    wrong("a quota of another kind", quota({ disks: 2 }), "quota.disks is not a field, must be one of gpus, cpu"),
    wrong("no money", budget({ amount: 0 }), "budget.amount must be a number from 1"),
    wrong("too many alerts", budget({ alertPercents: [10, 20, 30, 40] }), "budget.alertPercents must hold at most 3"),
    wrong(
        "an alert twice",
        budget({ alertPercents: [50, 50] }),
        "budget.alertPercents must name each once, got 50, 50",
    ),
    wrong(
        "a hard cap before the last alert",
        budget({ hardCapPercent: 70 }),
        "budget.hardCapPercent must not be below an alert, got 70 and alerts at 50, 80",
    ),
    wrong("a day in words", { expires: "next June" }, 'expires must be a day such as 2027-06-30, got "next June"'),
    wrong("a day that is not", { expires: "2027-02-30" }, 'expires must be a day that there is, got "2027-02-30"'),
    wrong("a container in capitals", { containers: ["Frames"] }, "containers: name must be 3 to 63 of a-z"),
    wrong("a container twice", { containers: ["a", "a"] }, "containers: name must be there once"),
    wrong("an image prefix of the platform's", { imagePrefix: "mlplatform/x" }, "imagePrefix must not begin with"),
    wrong("an image prefix with a tag", { imagePrefix: "vision:v1" }, "imagePrefix must be path of a-z"),
    wrong("a frozen maybe", { frozen: "maybe" }, 'frozen must be true or false, got "maybe"'),
    wrong("a workspace of another kind", { workspace: true }, "workspace must be one of shared, own, none, got true"),
    wrong("a team by the name of a stack", { team: "services" }, "team must not be one of mlplatform"),
    wrong("other figures of nowhere", { overrides: 5 }, "overrides must be a map of names to values, got 5"),
    wrong(
        "other figures where the order does not hold",
        { overrides: { prod: { frozen: true } } },
        'overrides must be of environments of the order, dev, got "prod"',
    ),
    wrong(
        "other figures that are none",
        inProd([]),
        'overrides["prod"] must be an object with fields of an order, got []',
    ),
    wrong(
        "another team elsewhere",
        inProd({ team: "audio" }),
        'overrides["prod"].team must be left out: it is alike in all environments',
    ),
    wrong(
        "other environments elsewhere",
        inProd({ environments: ["prod"] }),
        'overrides["prod"].environments must be left out',
    ),
    wrong(
        "a wrong figure in one environment",
        inProd({ quota: { cpu: 0 } }),
        'overrides["prod"]: quota.cpu must be a whole number from 1 to 10000, got 0',
    ),
    wrong(
        "a figure taken away that must be there",
        inProd({ quota: { pods: null } }),
        'overrides["prod"]: quota.pods must be a whole number from 1 to 5000, got nothing',
    ),
    wrong("a field misspelt in one environment", inProd({ expiry: 1 }), 'overrides["prod"]: expiry is not a field'),
    wrong("a field misspelt", { expiry: "2027-06-30" }, "expiry is not a field, must be one of team, lead"),
];
