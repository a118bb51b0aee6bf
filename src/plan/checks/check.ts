import type { Language } from '../../binding/color.ts'
import type { BoundRoute } from '../bound-route.ts'

/** One rule about a bound route. It reports what breaks it, and knows no step kind. */
export type RouteCheck = (route: BoundRoute, language: Language) => void
