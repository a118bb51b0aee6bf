/**
 * Node's HTTP, by require's way. An `import` asks a built-in module for all it exports, and Node's answer to being asked
 * for `WebSocket` is to load its own undici, HTTP/2 and web streams: 50 ms and 15 MB that nothing here uses.
 */
export const { createServer, IncomingMessage, OutgoingMessage, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')
