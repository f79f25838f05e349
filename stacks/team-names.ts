/** What teams are called, wherever they are named: part of names in Azure and in the cluster. */
export const teamNames = {
    pattern: /^[a-z](?:-?[a-z0-9]){1,19}$/,
    rule: "2 to 20 of a-z, 0-9 and single inner hyphens, from a letter on",
};
