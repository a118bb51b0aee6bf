import { readFileSync } from 'node:fs'
import { bench, do_not_optimize, group, summary } from 'mitata'
import { parse as parseYaml } from 'yaml'
import { openTypes } from '../../../src/expressions/expression.ts'
import { compileTemplate, parseTemplate } from '../../../src/expressions/template.ts'
import { mapHome } from '../../peers/map-home.ts'
import { describeBackends, describePage } from '../../scenarios/home/data.ts'
import { describeDocument, insist } from '../home.ts'

const templates: Record<string, unknown> = {
  'object of 5': {
    id: '$.user.profile.id',
    name: '$.user.profile.name.zh',
    level: '$.user.profile.level.name',
    points: '$.user.profile.points.balance',
    district: '$.user.profile.address.district',
  },
  '$map of 9': {
    $each: '$.product.list',
    $map: { id: '$.item.id', title: '$.item.title.zh', cents: '$.item.price.cents' },
  },
  interpolation: 'demo://user/${ user.profile.id }/${ geo.city }',
}

const routeFile = new URL('../../scenarios/home/routes/home.yaml', import.meta.url)

/** Templates filled from a context of plain values, and the whole page against the same mapping by hand. */
export function addBenchmarks(): void {
  const document = describeDocument()
  group('templates', () => {
    for (const [title, value] of Object.entries(templates)) {
      const fill = compile(value)
      bench(`template ${title}`, () => do_not_optimize(fill(document)))
    }
  })

  const fillPage = compile(parseYaml(readFileSync(routeFile, 'utf8')).response.body)
  const bodies = Object.values(describeBackends()).flatMap((answers) => Object.values(answers))
  const mapByHand = () => (mapHome as (...parts: unknown[]) => unknown)('hangzhou', ...bodies)
  insist(fillPage(document), describePage())
  insist(mapByHand(), describePage())
  group('the page', () => {
    summary(() => {
      bench('template of the page', () => do_not_optimize(fillPage(document))).baseline()
      bench('the page mapped by hand', () => do_not_optimize(mapByHand()))
    })
  })
}

function compile(value: unknown): ReturnType<typeof compileTemplate> {
  const { template, faults } = parseTemplate(value, openTypes)
  if (faults.length > 0) throw new Error(faults[0]!.message)
  return compileTemplate(template)
}
