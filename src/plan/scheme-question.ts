import type { CallResponse } from '../calls/call.ts'
import type { CallSite } from '../calls/policy.ts'
import type { Document } from '../expressions/document.ts'
import type { WorkBudget } from '../expressions/work.ts'
import type { CredentialPlace } from '../identity/credential.ts'
import type { Claims } from '../identity/identity.ts'
import type { AskedOperation, Scheme } from '../identity/scheme.ts'
import type { RequestParts } from './request-parts.ts'

/** What a scheme asks an operation of one request of a route. */
export interface SchemeQuestion {
  readonly scheme: Scheme
  readonly asked: AskedOperation
  readonly site: CallSite
  /** Makes its context; undefined where the request lacks what the operation requires. */
  readonly view: (request: RequestParts, work: WorkBudget) => Document | undefined
  /** What the answer says of who asks. */
  readonly claimsOf: (response: CallResponse, work: WorkBudget) => Claims
  /** Where in the request stands what it is told. */
  readonly places: readonly CredentialPlace[]
}
