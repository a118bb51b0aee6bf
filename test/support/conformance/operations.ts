import { runSnapshot } from '../engine.ts'
import { loadProject } from '../project.ts'

/** Colors of every type, for operations to take and give. */
export const dictionary = `
colors:
  a.text: { type: string }
  a.number: { type: number }
  a.flag: { type: boolean }
  a.texts: { type: array, items: { type: [string, 'null'] } }
  a.object: { type: object }
  a.any: {}
  b.text: { type: string }
  b.number: { type: integer }
  b.list: { type: array }
  b.any: {}
`

/** Calls one operation with these colors; `more` stands beside the invoke. */
export function call(operation: string, colors: string, more = '', serviceKeys = '') {
  const files = {
    dictionary,
    'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\n${serviceKeys}\noperations:\n  op: ${operation}`,
    'routes/r': `match: GET /r\ndo:\n  - assign: ${colors}\n  - invoke: s.op\n${more}`,
  }
  return runSnapshot(loadProject(files), { mocks: { 's.op': {} }, request: { headers: { authorization: 'Bearer t' } } })
}
