// What `fast-check` is for tests (`jest.config.js`): the same library, which draws the same in every run.
import fc from '../../node_modules/fast-check/lib/fast-check.js'
import { lawSeed } from './chance.ts'

fc.configureGlobal({ seed: lawSeed })

export default fc
