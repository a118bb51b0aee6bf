import { enter, WorkBudget } from '../../src/expressions/work.ts'

/** What tests evaluate outside of any request is the work of no request that another file of tests made before. */
enter(new WorkBudget(Number.MAX_SAFE_INTEGER))
