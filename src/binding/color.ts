import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { ExpressionTypes } from '../expressions/expression.ts'
import type { JsonSchema } from '../expressions/schema.ts'
import type { Operators, Owner } from '../expressions/template.ts'
import type { Sensitivity } from '../redaction.ts'

/** One entry of the data dictionary. */
export interface ColorDefinition {
  readonly name: string
  readonly schema: JsonSchema
  readonly sensitivity: Sensitivity
  readonly description: string | undefined
  /** Where the dictionary declares it. */
  readonly at: Location
}

/** A name that a file uses, where binding found what it names. */
export type Mention =
  | { readonly kind: 'color' | 'operation' | 'service' | 'step'; readonly name: string; readonly at: Location }
  /** A path that stops above colors (`$.product`), which reads all of them. */
  | { readonly kind: 'namespace'; readonly colors: readonly string[]; readonly at: Location }

/** What every construct is bound against: the dictionary, and where faults go. */
export interface Language {
  readonly colors: ReadonlyMap<string, ColorDefinition>
  readonly types: ExpressionTypes
  readonly operators: Operators
  readonly diagnostics: DiagnosticCollector
  /** No proxy is trusted, so that what only they may say never comes. */
  readonly trustsNoProxy?: boolean
  /** Files say whose pages may read answers, so that no template does. */
  readonly saysCors?: boolean | undefined
  /** Whether somebody fills `claims` and `auth` where these templates stand. */
  readonly fillsClaims?: boolean
  /** Where what is bound is inherited: who inherits it is told what he lacks. Undefined: it holds where it stands. */
  readonly heir?: Location | undefined
  /** What the names of calls begin with where these templates stand: those of a part, with the name of the step that runs it. */
  readonly stepPrefix?: string
  /** Whose templates are bound: what they leave out is told in its name. The route's response unless said. */
  readonly owner?: Owner | undefined
  /** Takes the names of presets that are used, and which services have a use for their definitions (`schema of shop`). */
  readonly usedNames?: Set<string> | undefined
  /** Told of every name that is found, for whoever wants to know where it is used. */
  readonly mention?: ((mention: Mention) => void) | undefined
}
