import type { ColorProposals } from '../colors.ts'
import type { Notes } from '../draft.ts'
import type { UniqueNames } from '../names.ts'
import type { ServiceDrafts } from '../services.ts'

/** What the endpoints of one configuration share. */
export interface Workshop {
  readonly services: ServiceDrafts
  readonly colors: ColorProposals
  readonly notes: Notes
  readonly files: UniqueNames
}
