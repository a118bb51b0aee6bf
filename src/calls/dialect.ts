import type { Body } from '../json/body.ts'
import type { Attributes } from '../telemetry/span.ts'

/** What a protocol above HTTP says of answers. */
export interface Dialect {
  /** `Accept` of its requests. */
  readonly accept: string
  /** What spans of its requests say of it. */
  readonly attributes: Attributes
  /** The members of a body that it looks at; where bodies stay bytes they are the last of its slices, in this order. */
  readonly members: readonly string[]
  /** What is wrong with an answer whose status is a success; `partial`: some of it, and what is there can be used, once. */
  readonly judge: (
    body: Body | undefined,
  ) => { readonly code: string; readonly detail: string | undefined } | 'partial' | undefined
  /** The code of an answer whose status is none; undefined where its status says it. */
  readonly codeOf: (status: number, contentType: string | undefined) => string | undefined
}
