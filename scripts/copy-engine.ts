import { copyFileSync } from 'node:fs'

/** `tsc` leaves what is not TypeScript behind. */
const engine = 'src/json/engine.wasm'
copyFileSync(new URL(`../${engine}`, import.meta.url), new URL(`../dist/${engine}`, import.meta.url))
