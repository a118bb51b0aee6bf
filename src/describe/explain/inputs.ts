import type { Read } from '../../binding/reference.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { printLocator } from '../../operations/locator.ts'
import type { PolicyOrigin } from '../../operations/origin.ts'
import type { BoundStep } from '../../steps/step.ts'
import { callsBeside, type StepCall } from '../../steps/step-call.ts'

/** A part of a request to a backend, and what of the context it is made of. */
export interface RequestPart {
  /** `path.id`, `query.seg`, `header.x-user-id`, `cookie.a`, a JSONPath into the body, or `body`. */
  readonly to: string
  /** The color that the operation takes there; undefined for a header or body that is a template. */
  readonly color: string | undefined
  readonly optional: boolean
  readonly reads: readonly Read[]
  /** Of a header that a file gives: who says it. */
  readonly origin?: PolicyOrigin | undefined
}

/** All that a call of an operation sends: its inputs as wired or overridden, its headers, its body. */
export function partsOfOperation(operation: BoundOperation, overrides: StepCall['overrides']): RequestPart[] {
  const { inputs, headers, body } = operation
  const template = (to: string, reads: readonly Read[]): RequestPart => ({
    to,
    color: undefined,
    optional: false,
    reads,
  })
  return [
    ...inputs.map(({ color, locator, optional, at }): RequestPart => {
      const demand = optional ? 'guarded' : 'required'
      const own: Read = { reference: { kind: 'color', color, rest: [] }, at, demand }
      return { to: printLocator(locator), color, optional, reads: overrides.get(color)?.reads ?? [own] }
    }),
    ...headers.map(({ name, value, origin }) => ({ ...template(`header.${name}`, value.reads), origin })),
    ...(body ? [template('body', body.reads)] : []),
  ]
}

/** The calls of a step: its own, those of its fallbacks, and what undoes it. */
export function callsOf({ call }: BoundStep): Pick<StepCall, 'operation' | 'overrides' | 'site'>[] {
  if (!call) return []
  return [call, ...callsBeside(call).map((other) => ({ overrides: new Map(), ...other }))]
}
