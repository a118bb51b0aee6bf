import { bench, do_not_optimize, group, summary } from 'mitata'
import { openTypes } from '../../../src/values/expression.ts'
import { compileTemplate, parseTemplate } from '../../../src/values/template.ts'
import { mapHome } from '../../peers/map-home.ts'
import { describeBackends, describePage } from '../../scenarios/home/data.ts'
import { fillDocument, insist, loadHome } from '../home.ts'

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

/** Templates filled from the context of a request, and the whole page against the same mapping by hand. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  const document = await fillDocument(route, callSites)
  group('templates', () => {
    for (const [title, value] of Object.entries(templates)) {
      const { template, faults } = parseTemplate(value, openTypes)
      if (faults.length > 0) throw new Error(faults[0]!.message)
      const fill = compileTemplate(template)
      bench(`template ${title}`, () => do_not_optimize(fill(document)))
    }
  })

  const bodies = Object.values(describeBackends()).flatMap((answers) => Object.values(answers))
  const mapByHand = () => (mapHome as (...parts: unknown[]) => unknown)('hangzhou', ...bodies)
  insist(route.fillResponse?.(document).body, describePage())
  insist(mapByHand(), describePage())
  group('the page', () => {
    summary(() => {
      bench('template of the page', () => do_not_optimize(route.fillResponse!(document))).baseline()
      bench('the page mapped by hand', () => do_not_optimize(mapByHand()))
    })
  })
}
