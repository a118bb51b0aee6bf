import { expect, test } from '@jest/globals'
import { describeDiagnostic, type ProjectFiles, takeMarks } from '../project.ts'
import { diagnosticsOf } from './page.ts'

/** A sentence of "Checked at load": a route (or files) with `«` where its one diagnostic points, and the code of it. */
export interface Case {
  code: string
  name: string
  route?: string
  files?: ProjectFiles
  help?: RegExp
}

const inputs = 'in: { user.id: header.x-user-id, geo.city: query.city, user.segment: query.s, cart.sum: query.sum }'
export const response = 'response: { body: 1 }'
export const steps = (text: string, more = '') =>
  `match: POST /x/{id}\n${more}${inputs}\ndo:\n  - ${text}\n${response}\n`
export const service = (text: string): ProjectFiles => ({
  'services/extra': `service: extra\nendpoints: [http://a]\n${text}`,
})

/** Each case is told at its place, once, and nothing else is. */
export function testCases(cases: readonly Case[]): void {
  test.each(cases)('$code $name', ({ code, route, files, help }) => {
    const taken = takeMarks({ ...files, ...(route !== undefined && { 'routes/home': route }) })
    const told = diagnosticsOf(taken.files).filter((one) => one.code === code || one.severity !== 'hint')
    expect(told.map(describeDiagnostic)).toHaveLength(1)
    const [only] = told
    expect(`${only!.code} ${only!.at.file}:${only!.at.line}:${only!.at.column}`).toBe(`${code} ${taken.marks[0]}`)
    if (help) expect(only!.help).toMatch(help)
  })
}
