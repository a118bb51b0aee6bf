import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/** What goes out in parts has parts: the members of a JSON object. What takes its place is JSON too. */
export const pagesInPartsHaveMembers: RouteCheck = ({ response, body: steps, matchAt }, { diagnostics }) => {
  if (!response?.streams) return
  const { body, encoding } = response
  const help = 'write the `body` as an object: each of its members is a part'
  if (body?.template.kind !== 'object' || body.template.members.length === 0)
    diagnostics.add('unstreamable-page', 'what goes out in parts has no members', body?.at ?? matchAt, help)
  else if (encoding.name !== 'json')
    diagnostics.add('unstreamable-page', `a part is JSON, the body is ${encoding.name}`, body.at, 'leave `encode` away')
  for (const { response: instead, at } of everyStep(steps))
    if (instead?.body && instead.encoding.name !== 'json')
      diagnostics.add('unstreamable-page', 'what is answered in the place of parts is JSON', at, 'leave `encode` away')
}
