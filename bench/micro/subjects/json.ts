import { bench, do_not_optimize, group, summary } from 'mitata'
import { compileIndexer } from '../../../src/json/indexer.ts'
import { describeBackends } from '../../scenarios/home/data.ts'
import { insist } from '../home.ts'

const maxDepth = 500

/** Finding what is mapped in the bytes of a body, beside parsing all of it. */
export function addBenchmarks(): void {
  const value = describeBackends()['reco']!['/recommend'] as { items: unknown }
  const body = Buffer.from(JSON.stringify(value))
  const index = compileIndexer([['items']], maxDepth)
  const [slice] = index(body) ?? []
  insist(slice && JSON.parse(body.toString('utf8', slice.start, slice.end)), value.items)
  group('json', () => {
    summary(() => {
      bench(`body of ${body.length} bytes, indexed`, () => do_not_optimize(index(body))).baseline()
      bench(`body of ${body.length} bytes, parsed`, () => do_not_optimize(JSON.parse(body.toString())))
    })
  })
}
