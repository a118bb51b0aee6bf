import type { Location } from '../../diagnostics/diagnostic.ts'
import type { PolicyOrigin } from '../../operations/origin.ts'

/** `routes/home.yaml:12` */
export function printPlace({ file, line }: Location): string {
  return `${file}:${line}`
}

/** Who says what a policy is, as a person would call it, and where: undefined for what is built in. */
export interface Origin {
  readonly by: PolicyOrigin['by']
  readonly at: string | undefined
}

export function describeOrigin({ by, at }: PolicyOrigin): Origin {
  return { by, at: at && printPlace(at) }
}
