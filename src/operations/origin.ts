import type { Location } from '../diagnostics/diagnostic.ts'

/** Who says what holds, a policy or a header, and where; what is built in stands in no file. */
export interface PolicyOrigin {
  readonly by: 'step' | 'operation' | 'service' | 'route' | 'preset' | 'gateway' | 'built-in'
  readonly at: Location | undefined
}
