/** The control table's row of what a probe found at one endpoint. */
export function probeKey(endpoint: string): string {
  return `probe#${endpoint}`;
}
