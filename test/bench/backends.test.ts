import { expect, test } from '@jest/globals'
import { startBackends } from '../../bench/harness/backends.ts'
import { findProgram } from '../../bench/harness/requirements.ts'

const bodies = { shop: { '/prices?ids=a&ids=b': ['a', 'b'], '/prices?ids=c': ['c'], '/deep/offers': { offers: 1 } } }
const kinds = findProgram('nginx') ? [true, false] : [true]

test.each(kinds)(
  'a body with a query is the answer to that query alone, one without to every query (plain %s)',
  async (plain) => {
    const backends = await startBackends(bodies, { plain })
    const ask = async (path: string) => {
      const response = await fetch(`${backends.urls['BENCH_SHOP_URL']}${path}`)
      return response.ok ? await response.json() : response.status
    }
    try {
      expect(await ask('/prices?ids=a&ids=b')).toEqual(['a', 'b'])
      expect(await ask('/prices?ids=c')).toEqual(['c'])
      expect(await ask('/prices?ids=b&ids=a')).toBe(404)
      expect(await ask('/prices')).toBe(404)
      expect(await ask('/deep/offers')).toEqual({ offers: 1 })
      expect(await ask('/deep/offers?city=hangzhou')).toEqual({ offers: 1 })
    } finally {
      await backends.stop()
    }
  },
)
