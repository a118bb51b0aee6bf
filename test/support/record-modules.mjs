/** For `node --import`: at SIGUSR2, and at the end, writes every module that was loaded, Node's own too, to the file RECORD_MODULES_IN. */
import { renameSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const file = process.env.RECORD_MODULES_IN
const urls = []
registerHooks({
  load(url, context, nextLoad) {
    urls.push(url)
    return nextLoad(url, context)
  },
})
function write() {
  const own = process.moduleLoadList.map((name) => name.replace(/^NativeModule /, 'node:'))
  writeFileSync(`${file}.part`, [...urls, ...own].join('\n'))
  renameSync(`${file}.part`, file)
}
process.on('SIGUSR2', write)
process.on('exit', write)
