import type { Call, CallResponse } from '../calls/call.ts'
import { endsRequest, type GatewayError, toGatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import type { Credential } from '../identity/credential.ts'
import { type Doubt, denied, identify, type Verdict } from '../identity/identity.ts'
import type { SchemeQuestion } from '../plan/scheme-question.ts'
import type { GateScheme } from './authenticate.ts'
import type { RouteRequest } from './route-request.ts'
import type { Client } from './stage.ts'

/** What an operation is asked of, in place of a text: the context of the call. */
interface Question extends Credential {
  readonly document: Document
}

/** A scheme that asks an operation: what it answers now, and nothing else, lets in. */
export function openQuestion({ scheme, asked, view, claimsOf }: SchemeQuestion, call: Call): GateScheme {
  const { name } = scheme
  const isAmbient = scheme.kind.isAmbient === true
  return {
    reads: [],
    find(parts, { work }): Question | undefined {
      const document = view(parts, work)
      return document && { text: '', isAmbient, document }
    },
    judge(question, _isAlone, request, client) {
      const verdict = client.verdicts?.get(name) ?? ask(question as Question, request, client)
      client.verdicts?.set(name, verdict)
      return verdict
    },
  }

  async function ask({ document }: Question, { deadline, work }: RouteRequest, client: Client): Promise<Verdict> {
    const { scope, span } = client
    let response: CallResponse
    try {
      response = await call({ document, deadline, scope, span, propagation: client.propagation() })
    } catch (thrown) {
      return refusalIn(toGatewayError(thrown), asked.operation)
    }
    if (response.source !== 'live') return doubt(`${asked.operation} was not asked`)
    try {
      return identify({ scheme: name, claims: claimsOf(response, work), roles: asked.roles })
    } catch (thrown) {
      return doubt(`${asked.operation}: ${toGatewayError(thrown).code}`)
    }
  }
}

const doubt = (reason: string): Doubt => ({ kind: 'unavailable', reason, retryAfter: 1 })

function refusalIn(error: GatewayError, operation: string): Verdict {
  if (endsRequest(error)) throw error
  const { status, headers } = error.response ?? {}
  if (status !== 401 && status !== 403) return doubt(`${operation}: ${error.code}`)
  const challenge = headers?.['www-authenticate']
  const said = { status, challenge: challenge === undefined ? undefined : [challenge].flat().join(', ') } as const
  return { ...denied(`${operation} answered ${status}`), said }
}
