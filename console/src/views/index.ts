import type { ComponentType } from 'react'
import { About } from './about.tsx'
import { Dictionary } from './dictionary.tsx'
import { OverviewView } from './overview.tsx'
import { RouteView } from './route.tsx'
import { Runs } from './runs.tsx'
import { Services } from './services.tsx'

export interface ViewProps {
  /** Below /console. */
  readonly path: readonly string[]
}

interface View {
  readonly title: string
  /** Its first segment below /console; none: what is shown first. */
  readonly path: readonly string[]
  readonly Show: ComponentType<ViewProps>
}

/** Every view, in the order of the bar. A new one is a file beside these and a line here. */
export const views: readonly View[] = [
  { title: 'Overview', path: [], Show: OverviewView },
  { title: 'Routes', path: ['routes'], Show: RouteView },
  { title: 'Runs', path: ['runs'], Show: Runs },
  { title: 'Services', path: ['services'], Show: Services },
  { title: 'Dictionary', path: ['dictionary'], Show: Dictionary },
  { title: 'About', path: ['about'], Show: About },
]

export function viewOf([first]: readonly string[]): View {
  return views.find(({ path }) => path[0] === first) ?? views[0]!
}
