import { github } from './github.ts'
import { json } from './json.ts'
import { pretty } from './pretty.ts'
import type { Reporter } from './report.ts'
import { sarif } from './sarif.ts'

/** Every format of `check --format`. */
export const reporters = { pretty, json, github, sarif } satisfies Record<string, Reporter>

export type ReportFormat = keyof typeof reporters
