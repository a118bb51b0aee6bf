import { armsOfFirstMayLose } from './arms-of-first-may-lose.ts'
import { budgetsCanBeUsed } from './budgets-can-be-used.ts'
import { cachedAnswersMayBeShared } from './cached-answers-may-be-shared.ts'
import type { RouteCheck } from './check.ts'
import { colorsAreProducedBeforeRead } from './colors-are-produced-before-read.ts'
import { cookiesComeFromListedPages } from './cookies-come-from-listed-pages.ts'
import { durableRoutesCanBeRecorded } from './durable-routes-can-be-recorded.ts'
import { errorCodesCanBeRaised } from './error-codes-can-be-raised.ts'
import { expressionsCareForAbsence } from './expressions-care-for-absence.ts'
import { failuresAreToldByMember } from './failures-are-told-by-member.ts'
import { listsAreBounded } from './lists-are-bounded.ts'
import { pagesInPartsHaveMembers } from './pages-in-parts-have-members.ts'
import { partsDoNotRespond } from './parts-do-not-respond.ts'
import { pathParametersExist } from './path-parameters-exist.ts'
import { publicAnswersReadNoClaims } from './public-answers-read-no-claims.ts'
import { secretsStayInside } from './secrets-stay-inside.ts'
import { sharedRequestsAreAlike } from './shared-requests-are-alike.ts'
import { stepTimeoutFitsRoute } from './step-timeout-fits-route.ts'

/** The rules about what a part does, whoever runs it. */
export const partChecks: readonly RouteCheck[] = [
  colorsAreProducedBeforeRead,
  expressionsCareForAbsence,
  secretsStayInside,
  failuresAreToldByMember,
  errorCodesCanBeRaised,
  armsOfFirstMayLose,
  partsDoNotRespond,
]

/** Every rule about a single route, in the order in which they run. A new one is a file beside these and a line here. */
export const routeChecks: readonly RouteCheck[] = [
  colorsAreProducedBeforeRead,
  expressionsCareForAbsence,
  pathParametersExist,
  stepTimeoutFitsRoute,
  budgetsCanBeUsed,
  secretsStayInside,
  failuresAreToldByMember,
  cookiesComeFromListedPages,
  cachedAnswersMayBeShared,
  publicAnswersReadNoClaims,
  sharedRequestsAreAlike,
  errorCodesCanBeRaised,
  listsAreBounded,
  armsOfFirstMayLose,
  pagesInPartsHaveMembers,
  durableRoutesCanBeRecorded,
]
