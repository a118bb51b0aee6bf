import { JSONPath } from 'jsonpath-plus'
import { bench, do_not_optimize, group, summary } from 'mitata'
import { compilePath } from '../../../src/expressions/path.ts'
import { describeBackends } from '../../scenarios/home/data.ts'
import { insist } from '../home.ts'

const body = describeBackends()['reco']!['/recommend'] as object

const queries = [
  { title: 'singular', query: '$.items[0].title.zh' },
  { title: 'wildcard', query: '$.items[*].price.cents' },
  { title: 'filter', query: '$.items[?(@.price.cents > 7000)].id' },
]

/** A path, compiled once, against a library that is given its text for each evaluation (it keeps parsed texts itself). */
export function addBenchmarks(): void {
  for (const { title, query } of queries) {
    const path = compilePath(query)
    if ('code' in path) throw new Error(path.message)
    const interpret = () => JSONPath({ path: query, json: body, wrap: !path.singular, eval: 'safe' }) as unknown
    insist(path.evaluate(body), interpret())
    group(`path: ${title}`, () => {
      summary(() => {
        bench(`path ${title}, compiled`, () => do_not_optimize(path.evaluate(body))).baseline()
        bench(`path ${title}, jsonpath-plus`, () => do_not_optimize(interpret()))
      })
    })
  }
}
