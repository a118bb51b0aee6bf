import { GatewayError } from '../errors.ts'
import type { Reference } from './reference.ts'

/** Where a value comes from that a call places into its request. */
export interface Origin {
  /** As people know it: a color, a header. */
  readonly name: string
  readonly references: readonly Reference[]
}

/**
 * A value that cannot stand where a call places it. That is `invalid-input` only where the client gave it, which
 * is told where the whole route is known (`plan/blame.ts`).
 */
export class UnfitValue extends GatewayError {
  readonly references: readonly Reference[]

  constructor(detail: string, origins: readonly Origin[]) {
    super('invalid-input', { detail })
    this.references = origins.flatMap(({ references }) => references)
  }
}
