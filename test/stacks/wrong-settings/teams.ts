import { wrong, type WrongSettings } from "./row";

/** About workspaces of single teams. */
export const wrongTeams: readonly WrongSettings[] = [
    wrong(
        "a team's workspace for a team in capitals",
        { teamWorkspaces: ["Vision"] },
        "mlplatform:teamWorkspaces[0] must be 2 to 20 of a-z, 0-9 and single inner hyphens",
    ),
    wrong(
        "two workspaces for one team",
        { teamWorkspaces: ["vision", "audio", "vision"] },
        "mlplatform:teamWorkspaces must name each team once, and no two with one short name, got vision, audio, vision",
    ),
    wrong(
        "a team's workspace where a name has no room for it",
        { workload: "mlplat", environment: "staging", teamWorkspaces: ["vision"] },
        'storageAccount name must be 3 to 24 characters, got "stmlplatstagingwteam',
    ),
];
