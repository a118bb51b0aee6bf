import { GatewayError } from '../errors.ts'
import { parseJson, printJson } from '../json-text.ts'
import type { Answer, Failure } from './outcome.ts'

/** What a run came to, as it is kept for whoever asks again: what a client is told, and nothing of its calls. */
interface Packed {
  readonly status: number
  readonly headers: Answer['headers']
  /** Base64. */
  readonly body?: string | undefined
  readonly error?: ConstructorParameters<typeof GatewayError>[1] & { readonly code: string }
}

export function packOutcome(outcome: Answer | Failure): string {
  const { headers } = outcome
  if (outcome.kind === 'answer') {
    const { status, body } = outcome
    return printJson({ status, headers, body: body && Buffer.from(body).toString('base64') } satisfies Packed)
  }
  const { code, step, status, title, detail, retryAfter, faults, isWritten } = outcome.error
  const error = { code, step, status, title, detail, retryAfter, faults, isWritten }
  return printJson({ status, headers, error } satisfies Packed)
}

export function unpackOutcome(text: string): Answer | Failure {
  const { status, headers, body, error } = parseJson(text) as Packed
  if (error) {
    const { code, ...details } = error
    return { kind: 'failure', error: new GatewayError(code, details), headers, records: [] }
  }
  const bytes = body === undefined ? undefined : Buffer.from(body, 'base64')
  return { kind: 'answer', status, headers, body: bytes, records: [], degraded: [] }
}
