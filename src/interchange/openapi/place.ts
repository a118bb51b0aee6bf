import type { ColorProposals } from '../colors.ts'
import type { OpenApiDocument } from './document.ts'

/** Where an operation stands, and what it is made with. */
export interface OperationPlace {
  readonly document: OpenApiDocument
  readonly colors: ColorProposals
  /** `/pets/{petId}`. */
  readonly path: string
  /** `$.paths['/pets/{petId}'].get`. */
  readonly at: string
}
