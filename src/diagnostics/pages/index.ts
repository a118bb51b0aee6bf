import type { DiagnosticCode } from '../codes.ts'
import { dataFlowPages } from './data-flow.ts'
import { filePages } from './files.ts'
import { namePages } from './names.ts'
import type { Page } from './page.ts'
import { policyPages } from './policies.ts'
import { routePages } from './routes.ts'
import { shapePages } from './shape.ts'
import { stepPages } from './steps.ts'

/** The page of every diagnostic. A new code needs one: the compiler asks for it. */
export const diagnosticPages: Readonly<Record<DiagnosticCode, Page>> = {
  ...filePages,
  ...shapePages,
  ...namePages,
  ...dataFlowPages,
  ...policyPages,
  ...routePages,
  ...stepPages,
}
