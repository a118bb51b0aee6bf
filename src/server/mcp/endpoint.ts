import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GatewayError, toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { printJson } from '../../json-text.ts'
import { placesOf } from '../../plan/access.ts'
import type { Answer } from '../../run/outcome.ts'
import { refuse } from '../../run/refusals.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import type { Client } from '../../run/stage.ts'
import { headersForBrowser } from '../http/for-browsers.ts'
import { checkRequest, maxUrlLength, pathOf } from '../http/strict.ts'
import { type Activation, isAggregate } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { passOutside } from '../requests/dispatch.ts'
import { Exchange } from '../requests/exchange.ts'
import { answerOwn } from '../requests/own-answer.ts'
import { ServerRequestParts } from '../requests/request-parts.ts'
import type { ActiveMcp, ActiveTool } from './active-mcp.ts'
import { type Call, errorOf, isRecord, protocolVersions, readMessage, resultOf, rpcErrors } from './messages.ts'
import { callTool, passCall, resultOfError, type ToolResult } from './tool-call.ts'
import { partsOfCall } from './tool-parts.ts'

/**
 * Answers what models ask of the gateway (Model Context Protocol, Streamable HTTP), where its file says `mcp`: false for any
 * other request. Nothing is kept between two requests: there are no sessions, and no streams to wait at.
 */
export function tryMcp(serving: Serving, request: IncomingMessage, response: ServerResponse): boolean {
  const activation = serving.current
  const { mcp } = activation
  if (!mcp || !isOfMcp(activation, request)) return false
  const isMetadata = pathOf(request) !== mcp.path
  const exchange = new Exchange(serving, activation, undefined, request, response)
  exchange.ownHeaders = headersForBrowser(mcp.browsers, request)
  exchange.verdicts = new Map()
  const refusal = checkRequest(request) ?? (isMetadata ? undefined : checkOrigin(request, mcp))
  if (refusal) exchange.fail(refusal)
  else if (tryTellPage(exchange, mcp)) return true
  else if (isMetadata) passOutside(exchange, () => tellMetadata(exchange, mcp))
  else passOutside(exchange, (passed) => receive(exchange, mcp, passed), mcp.entry)
  return true
}

export function isOfMcp({ mcp }: Activation, request: IncomingMessage): boolean {
  const path = mcp && pathOf(request)
  return mcp !== undefined && (path === mcp.path || (path === mcp.metadataPath && mcp.metadata !== undefined))
}

/** A page may have found this address by a name of its own (DNS rebinding), so that its host tells nothing. */
function checkOrigin({ headers }: IncomingMessage, mcp: ActiveMcp): GatewayError | undefined {
  return mcp.isOwn(headers.origin) ? undefined : refuse('cross-origin')
}

/** Answers what a browser asks before it sends a request for a page. */
function tryTellPage(exchange: Exchange, { browsers }: ActiveMcp): boolean {
  const { method, headers } = exchange.request
  const { origin, 'access-control-request-headers': asked } = headers
  if (method !== 'OPTIONS' || origin === undefined || !browsers?.cors) return false
  exchange.ownHeaders = undefined
  exchange.answerEmpty(204, browsers.cors.preflight({ origin, headers: asked, methods: () => ['GET', 'POST'] }))
  return true
}

function tellMetadata(exchange: Exchange, { metadata }: ActiveMcp): void {
  const { method } = exchange.request
  if (method !== 'GET' && method !== 'HEAD') exchange.fail(refuse('method-not-allowed'), { allow: 'GET' })
  else answer(exchange, 200, metadata)
}

function receive(exchange: Exchange, mcp: ActiveMcp, passed: RouteRequest): void {
  const { request, activation } = exchange
  const version = request.headers['mcp-protocol-version']
  // Streams of the server, and sessions that end: there are none.
  if (request.method !== 'POST') exchange.fail(refuse('method-not-allowed'), { allow: 'POST' })
  else if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    exchange.fail(refuse('unsupported-media-type', 'send application/json'))
  else if (version !== undefined && !protocolVersions.includes(String(version)))
    exchange.fail(refuse('bad-request', `MCP-Protocol-Version is one of ${protocolVersions.join(', ')}`))
  else {
    exchange
      .receiveBody(activation.snapshot.settings.defaults.maxRequestBody)
      .then((received) => respond(exchange, mcp, passed, 'bytes' in received ? received.bytes : Buffer.from('')))
      .catch(contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))))
  }
}

async function respond(exchange: Exchange, mcp: ActiveMcp, passed: RouteRequest, bytes: Uint8Array): Promise<void> {
  const message = readMessage(bytes)
  if (message.kind === 'fault') answer(exchange, 400, errorOf(null, message.error))
  else if (message.kind === 'unanswered') exchange.answerEmpty(202, [])
  else {
    const told = answerOf(200, await dispatch(exchange, mcp, message))
    // What a tool answers is its route's, which may say that it stays as it is.
    if (message.method === 'tools/list') answerOwn(exchange, passed, told)
    else exchange.answer(told)
  }
}

async function dispatch(exchange: Exchange, mcp: ActiveMcp, { id, method, params }: Call): Promise<object> {
  if (method === 'ping') return resultOf(id, {})
  if (method === 'initialize') return resultOf(id, introduce(exchange, params['protocolVersion']))
  if (method === 'tools/list') return resultOf(id, { tools: await listTools(exchange, mcp) })
  if (method !== 'tools/call') return errorOf(id, rpcErrors.unknownMethod)
  const { name, arguments: given = {} } = params
  const tool = typeof name === 'string' ? (await mcp.tools()).get(name) : undefined
  if (!tool || !isRecord(given)) return errorOf(id, rpcErrors.invalidParams)
  return resultOf(id, await call(exchange, tool, given))
}

function introduce({ activation: { snapshot } }: Exchange, wanted: unknown): object {
  const protocolVersion = protocolVersions.find((one) => one === wanted) ?? protocolVersions[0]
  const { telemetry } = snapshot.settings
  return {
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: telemetry.service, version: snapshot.version },
  }
}

/** Those that whoever asks may call, as far as that can be told without their arguments. */
async function listTools(exchange: Exchange, mcp: ActiveMcp): Promise<object[]> {
  const { activation, request } = exchange
  const there = new Set([...activation.routesFor(request)].map(({ route }) => route))
  const tools = [...(await mcp.tools()).values()].filter(({ route }) => there.has(route))
  /** What counts each credential that was none; nothing for one that was good somewhere: then it is no guess elsewhere. */
  const guesses = new Map<string, (() => void) | undefined>()
  const judged: Client['judged'] = (text, isGood, count) => {
    if (isGood || !guesses.has(text)) guesses.set(text, isGood ? undefined : count)
  }
  const may = await Promise.all(tools.map((one) => mayCall(exchange, one, judged)))
  for (const count of guesses.values()) count?.()
  return tools.flatMap(({ tool }, index) => (may[index] ? tool : []))
}

/** @throws GatewayError where no more credentials of its address are looked at */
async function mayCall(exchange: Exchange, { route, gates }: ActiveTool, judged: Client['judged']): Promise<boolean> {
  const outcome = await passCall(exchange, route, partsOf(exchange), gates, { judged, verdicts: exchange.verdicts })
  if (outcome.kind === 'failure' && outcome.error.code === 'rate-limited') throw outcome.error
  return outcome.kind === 'answer'
}

async function call(
  exchange: Exchange,
  { route, takes }: ActiveTool,
  given: Readonly<Record<string, unknown>>,
): Promise<ToolResult> {
  try {
    const places = placesOf(route.access)
    const parts = partsOfCall({ match: route.match, places }, takes, given, partsOf(exchange))
    if (parts.path.length > maxUrlLength) throw refuse('url-too-long')
    // As if it had come by itself: whether it would be found there is not said twice.
    const found = exchange.activation.find(exchange.request, parts.method, parts.path)
    if (found.kind !== 'match' || !isAggregate(found.target) || found.target.route !== route) throw refuse('not-found')
    return await callTool(exchange, found.target, parts)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    if (error.code === 'internal') throw error
    return resultOfError(exchange, error)
  }
}

function partsOf({ request, activation }: Exchange): ServerRequestParts {
  return new ServerRequestParts(request, {}, activation.addresses)
}

function answer(exchange: Exchange, status: number, body: unknown): void {
  exchange.answer(answerOf(status, body))
}

function answerOf(status: number, body: unknown): Answer {
  const headers = { 'cache-control': 'no-store' }
  return { kind: 'answer', status, headers, body: Buffer.from(printJson(body)), records: [], degraded: [] }
}
