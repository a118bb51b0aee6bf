import type { BoundTemplate } from '../binding/bind.ts'
import type { BoundResponse } from '../steps/response.ts'
import type { BoundStep } from '../steps/step.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'

/** What a client is sent: the templates of an answer, and of what an error says. */
export interface AnswerTemplates {
  readonly templates: readonly BoundTemplate[]
  /** The step that answers; undefined for the route's own response. */
  readonly step: BoundStep | undefined
}

export function* answerTemplates({ response, body }: BoundRoute): Generator<AnswerTemplates> {
  if (response) yield { templates: templatesOf(response), step: undefined }
  for (const step of everyStep(body))
    yield { templates: step.response ? templatesOf(step.response) : (step.says ?? []), step }
}

function templatesOf({ status, headers, body }: BoundResponse): BoundTemplate[] {
  return [...(status.template ? [status.template] : []), ...headers.map(({ value }) => value), ...(body ? [body] : [])]
}
