/**
 * Built-in roles by name: the GUID is the same in every tenant.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const roleDefinitions = {
    owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    rbacAdministrator: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    locksContributor: "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
    resourcePolicyContributor: "36243c78-bf99-498c-9df9-86d9f8d28608",
    costManagementReader: "72fafb9e-0641-4937-9268-a91bfd8191a3",
    securityReader: "39bc4728-0917-49c7-9d2c-d95423bc2eb4",
    reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
    privateDnsZoneContributor: "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    managedIdentityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
    keyVaultAdministrator: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    keyVaultContributor: "f25e0fa2-a7c8-4377-a976-54943a77a395",
    keyVaultCryptoOfficer: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    keyVaultCryptoServiceEncryptionUser: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    keyVaultCryptoUser: "12338af0-0e69-4776-bea7-57ae8d297424",
    keyVaultReader: "21090545-7ca7-4776-b22c-e363652d74d2",
    keyVaultSecretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
    diskSnapshotContributor: "7efff54f-a5b4-42b5-a1c5-5411624893ce",
    acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    acrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
    storageAccountContributor: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    storageBlobDataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    storageQueueDataContributor: "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    storageTableDataContributor: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    storageFileDataPrivilegedContributor: "69566ab7-960f-475b-8e7c-b3118f30c6bd",
    azureMlDataScientist: "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    monitoringReader: "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    monitoringDataReader: "b0d8363b-8ddd-447d-831f-62ca05bff136",
    grafanaAdmin: "22926164-76b3-42b3-bc55-97df8dab3e41",
    grafanaViewer: "60921a7e-fef1-4a43-9b16-a26c52ad4769",
    aksClusterAdmin: "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
    aksClusterUser: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
    aksRbacAdmin: "3498e952-d568-435e-9b2c-8d77e338d7f7",
    aksRbacClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    aksRbacReader: "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
    aksRbacWriter: "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
} as const;

export type RoleName = keyof typeof roleDefinitions;

/** Full id of a built-in role, as role assignments of that subscription store it. */
export function roleDefinitionId(subscriptionId: string, role: RoleName): string {
    return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitions[role]}`;
}
