import { parseJson } from '../../json-text.ts'

/** JSON-RPC 2.0 as the Model Context Protocol has it: one message a request, no batches. */

/** Versions of the protocol that are spoken here, the newest first. */
export const protocolVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26']

export const rpcErrors = {
  unreadable: { code: -32700, message: 'The body is not JSON' },
  invalid: { code: -32600, message: 'The body is not one message of JSON-RPC 2.0' },
  unknownMethod: { code: -32601, message: 'There is no such method' },
  invalidParams: { code: -32602, message: 'There is no such tool' },
} as const

export type Id = string | number

export interface Call {
  readonly kind: 'call'
  readonly id: Id
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A message; `unanswered` where nobody waits for an answer. */
export type Message = Call | { readonly kind: 'unanswered' } | { readonly kind: 'fault'; readonly error: object }

export function readMessage(bytes: Uint8Array): Message {
  let value: unknown
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return { kind: 'fault', error: rpcErrors.unreadable }
  }
  if (!isRecord(value) || value['jsonrpc'] !== '2.0') return { kind: 'fault', error: rpcErrors.invalid }
  const { id, method, params = {} } = value
  if (method === undefined && id !== undefined) return { kind: 'unanswered' }
  if (typeof method !== 'string' || !isRecord(params)) return { kind: 'fault', error: rpcErrors.invalid }
  if (id === undefined) return { kind: 'unanswered' }
  if (typeof id !== 'string' && typeof id !== 'number') return { kind: 'fault', error: rpcErrors.invalid }
  return { kind: 'call', id, method, params }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const resultOf = (id: Id, result: object) => ({ jsonrpc: '2.0', id, result })
export const errorOf = (id: Id | null, error: object) => ({ jsonrpc: '2.0', id, error })
