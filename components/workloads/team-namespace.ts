/** Name of a team's namespace. Alone here, as commands name it that have no use for Kubernetes' types. */
export const teamNamespace = (team: string): string => `team-${team}`;
