import { existsSync } from 'node:fs'
import type { Variant } from '../../harness/scenario.ts'
import { buildKrakend, buildLura, krakendBinary, luraBinary } from './build.ts'
import { type KrakendEndpoint, writeConfig } from './config.ts'

const env = { GOMAXPROCS: '1' }

/**
 * KrakenD's community edition, and Lura, which is KrakenD without what KrakenD adds to it, where KrakenD itself cannot be
 * had. They do less: the items of lists are not mapped.
 */
export function krakendPeers(endpoint: KrakendEndpoint): Variant[] {
  const { page } = endpoint
  return [
    {
      name: 'krakend',
      title: 'KrakenD',
      page,
      prepare: buildKrakend,
      launch: (place) => ({ program: krakendBinary, args: ['run', '-c', writeConfig(endpoint, place)], env }),
    },
    {
      name: 'lura',
      title: "KrakenD's engine (Lura)",
      page,
      prepare: async () => (existsSync(krakendBinary) ? 'it only stands in for KrakenD, which is here' : buildLura()),
      launch: (place) => ({ program: luraBinary, args: [writeConfig(endpoint, place)], env }),
    },
  ]
}
