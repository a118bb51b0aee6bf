import type { AggregatedRoute, Snapshot } from '../../src/plan/snapshot.ts'
import { loadProject, type ProjectFiles, world } from './project.ts'

/** Loads the route (its YAML without `match`) in the small world. */
export function loadRoute(text: string, files: ProjectFiles = {}): { route: AggregatedRoute; snapshot: Snapshot } {
  const snapshot = loadProject({ ...world, ...files, 'routes/home': `match: GET /home\n${text}` })
  return { route: snapshot.routes.find(({ name }) => name === 'home') as AggregatedRoute, snapshot }
}
