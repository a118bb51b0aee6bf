// Run by `openElsewhere` of durable-store.ts: opens a store, says so, and keeps it.
import { openDurableStore } from '../../src/durable/store/open.ts'

const path = process.argv[2]!
await openDurableStore({ kind: 'directory', path }, { keys: [], base: '/', warn: () => {} })
process.stdout.write('open\n')
setInterval(() => {}, 60_000)
