import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { judge, judgeCut, type Verdict } from '../endpoints/verdict.ts'
import { type BackendAnswer, GatewayError, toGatewayError } from '../errors.ts'
import type { Body } from '../json/body.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import type { CallRequest } from './call.ts'
import { decodeFailure } from './decode.ts'
import { mayBeShared, sharesAnswers, sharingOf } from './http-caching/storable.ts'
import type { OngoingCall } from './layer.ts'
import { readRetryAfter } from './policies/retry-after.ts'
import type { CallSite } from './policy.ts'
import { leadsOn } from './redirect.ts'
import { answerUseOf } from './site-policies.ts'

/** What the answers to a site's attempts mean: which are successes, and what the others have failed with. */
export class SiteAnswers {
  readonly isSuccess: (status: number) => boolean
  /** Whether an answer is for the one who asked alone; undefined where it is given to nobody else. */
  readonly isPersonal: (
    request: CallRequest,
    response: Pick<IncomingResponse, 'status' | 'headers'>,
  ) => boolean | undefined
  readonly #site: CallSite
  readonly #clock: Clock
  readonly #followsRedirects: boolean

  constructor(site: CallSite, clock: Clock) {
    const { acceptsNotModified, followsRedirects = false } = answerUseOf(site)
    this.#site = site
    this.#clock = clock
    this.#followsRedirects = followsRedirects
    this.isSuccess = acceptsNotModified ? (status) => status === 304 || site.isSuccess(status) : site.isSuccess
    const sharing = sharingOf(site)
    this.isPersonal = sharesAnswers(site)
      ? (request, response) => !mayBeShared(sharing, request, response)
      : () => undefined
  }

  /** Whether an answer that is no success says where to go on, and somebody does. */
  leadsOn(request: CallRequest, incoming: IncomingResponse): boolean {
    return this.#followsRedirects && leadsOn(this.#site, request, incoming)
  }

  /** What a status that is no success means, whatever its body. */
  async readStatusError(request: CallRequest, incoming: IncomingResponse, scope: Scope): Promise<GatewayError> {
    const { maxResponseBytes, dialect } = this.#site
    const body = await decodeFailure(incoming, maxResponseBytes, scope)
    const { status, headers } = incoming
    const retryAfterMs = readRetryAfter(status, headers['retry-after'], this.#clock.epoch())
    const answer = { status, headers, body, retryAfterMs, isPersonal: this.isPersonal(request, incoming) }
    return this.#statusError(answer, dialect?.codeOf(status, incoming.contentType))
  }

  /**
   * Names the step, prefers a failure status over what else is wrong with the same answer, and says what the failure
   * tells of the backend.
   */
  refine(thrown: unknown, call: OngoingCall, said: Verdict | undefined): GatewayError {
    const error = toGatewayError(thrown)
    if (error === call.scope.reason) return this.#refineCut(error, call)
    const refined = this.#name(error)
    refined.verdict = said ?? judge(refined)
    return refined
  }

  /** What the dialect of a site finds in an answer whose status is a success. */
  faultOf(
    { code, detail }: { readonly code: string; readonly detail: string | undefined },
    { status, headers }: IncomingResponse,
    body: Body | undefined,
  ): GatewayError {
    return new GatewayError(code, { step: this.#site.step, detail, response: { status, headers, body: body?.value } })
  }

  #statusError(response: BackendAnswer, code = this.#site.codec?.codeOf(response)): GatewayError {
    const { errorNames, step } = this.#site
    const name = errorNames.get(response.status) ?? code ?? `http-${response.status}`
    return new GatewayError(name, { step, response })
  }

  #name(error: GatewayError): GatewayError {
    const { response } = error
    if (error.code === 'invalid-response' && response && !this.isSuccess(response.status))
      return this.#statusError(response)
    error.step ??= this.#site.step
    return error
  }

  /** We ended it. What ended more than this attempt is a reason in common, which must not tell what one of them did. */
  #refineCut(reason: GatewayError, { askedAt, context }: OngoingCall): GatewayError {
    const { step, timeoutMs } = this.#site
    const hadMs = askedAt === undefined ? undefined : this.#clock.now() - askedAt
    const ownMs = Math.min(timeoutMs, context.budgetMs ?? Number.POSITIVE_INFINITY)
    const verdict = judgeCut(reason, { hadMs, ownMs })
    if (verdict === 'nothing') return reason
    const { code, detail } = reason
    const error = reason === context.scope.reason ? new GatewayError(code, { step, detail }) : reason
    error.verdict = verdict
    return error
  }
}
