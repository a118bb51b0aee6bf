import { isObject, listOf } from '../foreign.ts'

/** Whether nothing can come after these steps: one of them ends the route on every way. */
export function endRoute(steps: unknown): boolean {
  return listOf(steps).some(endsRoute)
}

function endsRoute(step: unknown): boolean {
  if (!isObject(step) || 'when' in step) return false
  if ('respond' in step || 'throw' in step) return true
  if ('branch' in step) {
    const arms = listOf(step['branch']).filter(isObject)
    return arms.some((arm) => 'default' in arm) && arms.every((arm) => endRoute(arm['do'] ?? arm['default']))
  }
  return endRoute(step['sequence']) || endRoute(step['parallel']) || endRoute(step['flow'])
}
