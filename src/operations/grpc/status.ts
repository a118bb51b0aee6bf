/** Of gRPC, with the HTTP status that means the same to whoever judges, repeats or names failures. */
const statuses: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
]

/** What a `grpc-status` means; undefined for what is none. One that nobody knows is UNKNOWN. */
export function readStatus(text: unknown): { readonly name: string; readonly http: number } | undefined {
  if (typeof text !== 'string' || !/^\d{1,3}$/.test(text)) return undefined
  const [name, http] = statuses[Number(text)] ?? statuses[2]!
  return { name, http }
}
