import type { Scope } from '../cancellation.ts'
import type { Endpoint } from '../endpoints/service-endpoints.ts'
import { judge, judgeCut, type Verdict } from '../endpoints/verdict.ts'
import { type BackendAnswer, GatewayError, toGatewayError } from '../errors.ts'
import type { Body } from '../json/body.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import type { CallRequest } from './call.ts'
import { acceptOf, decodeBody, decodeFailure } from './decode.ts'
import { describeAttempts } from './describe.ts'
import { outgoingHeaders } from './headers.ts'
import { mayBeShared, sharesAnswers, sharingOf } from './http-caching/storable.ts'
import type { LayerResponse, OngoingCall } from './layer.ts'
import { LiveResponse } from './live-response.ts'
import { wasNeverSent } from './never-sent.ts'
import type { StackParts } from './parts.ts'
import { readRetryAfter } from './policies/retry-after.ts'
import { answerUseOf, type CallSite } from './policy.ts'
import { leadsOn } from './redirect.ts'

/** The innermost layer. */
export type SendTo = (request: CallRequest, call: OngoingCall, endpoint: Endpoint) => Promise<LayerResponse>

/** The same, with what the service is shown. */
export type SendWith = (...sent: [...Parameters<SendTo>, authorization?: string]) => ReturnType<SendTo>

/** One attempt: sends a request to an endpoint, decodes the answer, and leaves a client span and a measurement of it. */
export function attempt(site: CallSite, { clock, metrics }: Pick<StackParts, 'clock' | 'metrics'>): SendWith {
  const { step, maxResponseBytes, idempotent: mayRepeat, dialect } = site
  const isShared = sharesAnswers(site)
  const sharing = sharingOf(site)
  const describe = describeAttempts(site)
  const { acceptsNotModified, followsRedirects } = answerUseOf(site)
  const isSuccess = acceptsNotModified ? (status: number) => status === 304 || site.isSuccess(status) : site.isSuccess
  const { budgetHeader } = site.service
  const exchange = site.codec?.exchange
  const accompaniment = {
    budgetHeader,
    accept: site.dialect?.accept ?? acceptOf(site.decoding),
    sharedMs: isShared ? site.timeoutMs : undefined,
  }
  const isPersonal = isShared
    ? (request: CallRequest, response: Pick<IncomingResponse, 'headers'>) => !mayBeShared(sharing, request, response)
    : () => undefined

  /** What a status that is no success means, whatever its body. */
  async function readStatusError(
    request: CallRequest,
    incoming: IncomingResponse,
    scope: Scope,
  ): Promise<GatewayError> {
    const body = await decodeFailure(incoming, maxResponseBytes, scope)
    const { status, headers } = incoming
    const retryAfterMs = readRetryAfter(status, headers['retry-after'], clock.epoch())
    const answer = { status, headers, body, retryAfterMs, isPersonal: isPersonal(request, incoming) }
    return statusError(answer, dialect?.codeOf(status, incoming.contentType))
  }

  function statusError(response: BackendAnswer, code = site.codec?.codeOf(response)): GatewayError {
    const name = site.errorNames.get(response.status) ?? code ?? `http-${response.status}`
    return new GatewayError(name, { step, response })
  }

  /**
   * Names the step, prefers a failure status over what else is wrong with the same answer, and says what the failure
   * tells of the backend.
   */
  function refine(thrown: unknown, call: OngoingCall, said: Verdict | undefined): GatewayError {
    const error = toGatewayError(thrown)
    if (error === call.scope.reason) return refineCut(error, call)
    const refined = nameFailure(error)
    refined.verdict = said ?? judge(refined)
    return refined
  }

  function nameFailure(error: GatewayError): GatewayError {
    const { response } = error
    if (error.code === 'invalid-response' && response && !isSuccess(response.status)) return statusError(response)
    error.step ??= step
    return error
  }

  /** We ended it. What ended more than this attempt is a reason in common, which must not tell what one of them did. */
  function refineCut(reason: GatewayError, { askedAt, context }: OngoingCall): GatewayError {
    const hadMs = askedAt === undefined ? undefined : clock.now() - askedAt
    const ownMs = Math.min(site.timeoutMs, context.budgetMs ?? Number.POSITIVE_INFINITY)
    const verdict = judgeCut(reason, { hadMs, ownMs })
    if (verdict === 'nothing') return reason
    const { code, detail } = reason
    const error = reason === context.scope.reason ? new GatewayError(code, { step, detail }) : reason
    error.verdict = verdict
    return error
  }

  function faultOf(
    { code, detail }: { readonly code: string; readonly detail: string | undefined },
    { status, headers }: IncomingResponse,
    body: Body | undefined,
  ): GatewayError {
    return new GatewayError(code, { step, detail, response: { status, headers, body: body?.value } })
  }

  return (request, call, endpoint, authorization) => {
    const startedAt = clock.now()
    const span = call.context.span.child(site.template, 'client')

    function fail(thrown: unknown, said?: Verdict): never {
      const error = refine(thrown, call, said)
      if (wasNeverSent(error)) endpoint.unreachable()
      metrics.attempt(error.response?.status, error.code, (clock.now() - startedAt) / 1000)
      span.fail(error.response && !isSuccess(error.response.status) ? String(error.response.status) : error.code)
      span.end()
      throw error
    }

    const failed = (thrown: unknown) => fail(thrown)

    function succeed(incoming: IncomingResponse, body: Body | undefined): LayerResponse {
      const fault = dialect?.judge(body)
      if (fault === 'partial') return pass(keptByNobody(incoming), body)
      if (fault) fail(faultOf(fault, incoming, body), 'nothing')
      // It answered; that there is nothing may be the answer to what this one client asked for.
      if (!site.isUsable(body, incoming.status))
        fail(
          new GatewayError('invalid-response', { detail: 'the response has none of the expected values' }),
          'nothing',
        )
      return pass(incoming, body)
    }

    function pass(incoming: IncomingResponse, body: Body | undefined): LayerResponse {
      metrics.attempt(incoming.status, undefined, (clock.now() - startedAt) / 1000)
      span.end()
      const response = new LiveResponse(incoming, body, call.attempts)
      if (site.isOfSharedAnswer) response.isPersonal = isPersonal(request, incoming)
      return response
    }

    function receive(incoming: IncomingResponse): LayerResponse | Promise<LayerResponse> {
      const { status } = incoming
      if (span.sampled) span.set({ 'http.response.status_code': status })
      if (!isSuccess(status)) {
        if (followsRedirects && leadsOn(site, request, incoming)) return pass(incoming, undefined)
        return readStatusError(request, incoming, call.scope).then(failed, failed)
      }
      let decoding: ReturnType<typeof decodeBody>
      try {
        decoding = decodeBody(incoming, maxResponseBytes, call.scope, site)
      } catch (thrown) {
        return fail(thrown)
      }
      if (!(decoding instanceof Promise)) return succeed(incoming, decoding)
      return decoding.then((body) => succeed(incoming, body), failed)
    }

    try {
      const { method, body } = request
      const timeLeftMs = call.deadline - startedAt
      const headers = outgoingHeaders(request, call, span.traceparent, timeLeftMs, accompaniment)
      if (authorization !== undefined) headers.push('authorization', authorization)
      call.attempts++
      call.askedAt = undefined
      if (span.sampled) span.set(describe(request, call, endpoint))
      const path = request.isRedirected ? request.path : endpoint.prefix + request.path
      const onAsked = (lateMs: number) => {
        const now = clock.now()
        call.askedAt = call.askedAt === undefined ? now : Math.min(now, call.askedAt + lateMs)
      }
      const outgoing = { method, path, headers, body, mayRepeat, timeLeftMs, maxResponseBytes, onAsked }
      const { channel } = endpoint
      return (exchange ? exchange(channel, outgoing, call.scope) : channel.send(outgoing, call.scope)).then(
        receive,
        failed,
      )
    } catch (thrown) {
      return Promise.reject<never>(thrown).catch(failed)
    }
  }
}

/** The same answer, of which something is missing: it must not outlive the trouble. */
function keptByNobody(incoming: IncomingResponse): IncomingResponse {
  return Object.create(incoming, { headers: { value: { ...incoming.headers, 'cache-control': 'no-store' } } })
}
