import { didYouMean } from '../diagnostics/suggest.ts'
import { endsRequest, knownErrors } from '../errors.ts'
import type { Language } from './color.ts'
import { type Position, within } from './shape.ts'

/** The codes that any call or route may fail with, and `all`. */
export const builtInErrorCodes: readonly string[] = [
  'all',
  ...Object.keys(knownErrors).filter((code) => !endsRequest({ code })),
]

/** As gRPC names them. */
const grpcCodes =
  /^grpc-(CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS|PERMISSION_DENIED|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|UNAUTHENTICATED)$/

/** `http-503`, `http-5xx`, `grpc-UNAVAILABLE`: any backend may answer them. */
export function isStatusCode(code: string): boolean {
  return /^http-[1-5](\d\d|xx)$/.test(code) || grpcCodes.test(code)
}

/** Warns of codes in a list that a call cannot fail with; `named` are those that its service names. */
export function checkListedCodes(
  codes: readonly string[],
  named: Iterable<string>,
  list: Position,
  { diagnostics }: Language,
): void {
  const known = new Set([...builtInErrorCodes, ...named])
  for (const [index, code] of codes.entries()) {
    if (known.has(code) || isStatusCode(code)) continue
    const { source, path } = within(list, index)
    diagnostics.add(
      'unknown-error-code',
      `no call fails with \`${code}\``,
      source.locate(path),
      didYouMean(code, known),
    )
  }
}
