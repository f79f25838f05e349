/** What the service says of itself. */
export const serverName = "mlplatform-scoring";
export const serverVersion = "0.1.0";
