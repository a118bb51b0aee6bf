import { existsSync } from 'node:fs'
import type { Variant } from '../../harness/scenario.ts'
import { buildKrakend, buildLura, krakendBinary, luraBinary } from './build.ts'
import { describeKrakendPage, writeConfig } from './config.ts'

const page = describeKrakendPage()
const env = { GOMAXPROCS: '1' }

/** KrakenD's community edition. It does less: the items of lists are not mapped. */
export const krakend: Variant = {
  name: 'krakend',
  title: 'KrakenD',
  page,
  prepare: buildKrakend,
  launch: (place) => ({ program: krakendBinary, args: ['run', '-c', writeConfig(place)], env }),
}

/** Lura, which is KrakenD without what KrakenD adds to it, where KrakenD itself cannot be had. */
export const lura: Variant = {
  name: 'lura',
  title: "KrakenD's engine (Lura)",
  page,
  prepare: async () => (existsSync(krakendBinary) ? 'it only stands in for KrakenD, which is here' : buildLura()),
  launch: (place) => ({ program: luraBinary, args: [writeConfig(place)], env }),
}
