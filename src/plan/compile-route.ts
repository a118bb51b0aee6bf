import type { Read } from '../binding/reference.ts'
import { compileBrowsers } from '../browsers/browsers.ts'
import { createNamespaces } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { workOf } from '../expressions/work.ts'
import { blameGivers } from '../steps/invoke/site.ts'
import { compileResponse } from '../steps/response.ts'
import { compileBlame } from './blame.ts'
import { type BoundRoute, producedColors } from './bound-route.ts'
import { chooseBytes } from './bytes/choose.ts'
import { compileByteBody } from './bytes/fill.ts'
import { callsWithClaims, nameOwner } from './calls-with-claims.ts'
import { RouteCompiler } from './compile.ts'
import { bindCompression, settableHeaders } from './for-browsers.ts'
import { compileInputs } from './inputs.ts'
import { findProgress } from './progress.ts'
import { compileProgressive } from './progressive.ts'
import { everyRead, RecordsRead } from './reads.ts'
import { recordCalls } from './record-calls.ts'
import { compileIdentityView, compileRequestView, readsBody, readsRaw, requestPartsRead } from './request-view.ts'
import { compileRouteCaching } from './route-caching.ts'
import { signalsOf } from './signals.ts'
import type { AggregatedRoute } from './snapshot.ts'
import { toldOfAggregate } from './told-of-requests.ts'

/** Turns a route that passed every check into closures. */
export function compileRoute(bound: BoundRoute, nameMeaning: () => string): AggregatedRoute {
  const { durable } = bound
  // What is recorded is a value.
  const bytes = durable ? undefined : chooseBytes(bound)
  const reads = everyRead(bound)
  const blame = compileBlame(bound)
  const progress = bound.response?.streams ? findProgress(bound) : undefined
  const records = new RecordsRead(reads)
  if (durable) recordCalls(bound)
  const compiler = new RouteCompiler(
    records,
    bytes?.calls,
    blame.unfitValue,
    progress?.settledBy,
    durable !== undefined,
  )
  const run = compiler.block(bound.body)
  const parts = requestPartsRead(reads)
  const viewRequest = compileRequestView(parts)
  const viewIdentity = compileIdentityView(parts, bound.inputs)
  const nameColors = createNamespaces(colorsOf(bound, reads))
  const writeInputs = compileInputs(bound.inputs)
  for (const site of bound.callSites) blameGivers(site, blame.unfitValue)
  for (const site of callsWithClaims(bound)) nameOwner(site)
  return {
    kind: 'aggregate',
    name: bound.name,
    summary: bound.summary,
    tool: bound.tool,
    match: bound.match,
    file: bound.file,
    timeoutMs: bound.timeoutMs,
    maxRequestBytes: bound.maxRequestBytes,
    headers: bound.settings?.headers,
    maxCalls: bound.maxCalls,
    maxWork: bound.maxWork,
    durable,
    signals: durable && signalsOf(bound),
    blame: blame.tooMuchWork,
    createDocument(request, work) {
      const document: Document = { request: viewRequest(request), steps: {}, [workOf]: work }
      viewIdentity?.(document, request)
      nameColors(document)
      writeInputs(request, document)
      return document
    },
    readsBody: readsBody(parts, bound.inputs),
    readsRaw: readsRaw(reads),
    accepts: bound.accepts,
    origins: bound.origins,
    browsers: compileBrowsers(bound.browsers, bound.browsers.cors ? settableHeaders(bound) : []),
    run,
    recover: compiler.recover,
    fillResponse:
      bound.response && compileResponse(bound.response, blame.unfitValue, bytes && compileByteBody(bytes.template)),
    progressive: progress && compileProgressive(bound, progress, bytes),
    degradedMaxAgeMs: bound.degradedMaxAgeMs,
    compression: bindCompression(bound),
    caching: compileRouteCaching(bound, nameMeaning),
    access: bound.access,
    grants: bound.grants,
    admission: bound.admission,
    told: toldOfAggregate(bound.match, bound.inputs),
    steps: compiler.steps,
    callSites: bound.callSites,
    bound,
  }
}

/** Every color that a route names: their namespaces are there from the start, so that `has(user.id)` can ask. */
function colorsOf(bound: BoundRoute, reads: readonly Read[]): Set<string> {
  const colors = producedColors(bound)
  for (const { reference } of reads) {
    if (reference.kind === 'color') colors.add(reference.color)
    else if (reference.kind === 'colors') for (const color of reference.colors) colors.add(color)
  }
  return colors
}
