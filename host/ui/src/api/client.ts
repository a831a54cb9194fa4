import { parse } from './json'
import type { components, paths } from './schema'

type Schemas = components['schemas']
export type Job = Schemas['JobView']
export type Request = Schemas['Request']
export type Picture = Schemas['PictureView']
export type Plugin = Schemas['PluginView']
export type Permission = Schemas['PermissionView']
export type Proposal = Schemas['ProposalView']
export type Model = Schemas['ModelView']
export type Named = Schemas['Named']
export type Queue = Schemas['QueueView']
export type Server = Schemas['ServerView']
export type Session = Schemas['SessionView']
export type Parameters = Schemas['ParametersView']
export type Upload = Schemas['Upload']
export type Plan = Schemas['PlanView']
export type Cell = Schemas['CellView']
export type AxisSpec = Schemas['AxisSpec']

const ROOT = '/api/v1'

/** What the server says when it does not do what was asked. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

type Method = 'get' | 'post' | 'patch' | 'delete' | 'put'
type Strip<P> = P extends `/api/v1${infer Rest}` ? Rest : never
type Known = Strip<keyof paths>
type Full<P extends Known> = `/api/v1${P}` & keyof paths
type Operation<P extends Known, M extends Method> = M extends keyof paths[Full<P>] ? paths[Full<P>][M] : never
type JsonOf<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Answer<O> = O extends { responses: infer R } ? JsonOf<R[keyof R & (200 | 201 | 202)]> : never
type Has<A, K> = K extends keyof A ? (A[K] extends object ? A[K] : unknown) : unknown
// The description has some fields of queries beside those of the path.
type QueryOf<O> = O extends { parameters: infer A } ? Partial<Has<A, 'query'> & Has<A, 'path'>> : never
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined
type With<M extends Method> = { [P in Known]: Operation<P, M> extends { responses: unknown } ? P : never }[Known]

interface Extra<O> {
  /** What stands in the path, by name. */
  path?: Record<string, string | number>
  query?: QueryOf<O>
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** The address of something that is no JSON: a picture, a stream. */
export function address(path: string, query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)] as [string, string]))
  const tail = search.size > 0 ? `?${search}` : ''
  return ROOT + path + tail
}

async function send(method: string, url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { method: method.toUpperCase(), credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable()
  }
  if (response.ok) return response
  let message = `${response.status} ${response.statusText}`
  let field: string | undefined
  try {
    const problem = (await response.json()) as { detail?: string; title?: string; field?: string }
    message = problem.detail ?? problem.title ?? message
    field = problem.field
  } catch {
    // It is no problem document: the status says what there is to say.
  }
  throw new Refused(response.status, message, field)
}

async function read<T>(response: Response): Promise<T> {
  const text = response.status === 204 ? '' : await response.text()
  return (text === '' ? undefined : parse(text)) as T
}

async function ask<O>(method: Method, path: string, extra: Extra<O>, body?: unknown): Promise<Answer<O>> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(extra.path?.[name] ?? '')))
  const headers: Record<string, string> = { ...extra.headers }
  const init: RequestInit = { headers }
  if (extra.signal) init.signal = extra.signal
  if (body !== undefined) {
    headers['content-type'] = 'application/json'
    init.body = JSON.stringify(body)
  }
  const url = address(filled, (extra.query ?? {}) as Record<string, unknown>)
  return read<Answer<O>>(await send(method, url, init))
}

export const get = <P extends With<'get'>>(path: P, extra: Extra<Operation<P, 'get'>> = {}) =>
  ask<Operation<P, 'get'>>('get', path, extra)

export const post = <P extends With<'post'>>(
  path: P,
  body?: BodyOf<Operation<P, 'post'>>,
  extra: Extra<Operation<P, 'post'>> = {},
) => ask<Operation<P, 'post'>>('post', path, extra, body)

export const patch = <P extends With<'patch'>>(path: P, body: BodyOf<Operation<P, 'patch'>>) =>
  ask<Operation<P, 'patch'>>('patch', path, {}, body)

export const remove = <P extends With<'delete'>>(path: P, extra: Extra<Operation<P, 'delete'>> = {}) =>
  ask<Operation<P, 'delete'>>('delete', path, extra)

/** Sends bytes as they are. */
export async function sendBytes<T>(path: '/uploads' | '/parameters' | '/proposals', bytes: Blob, kind: string) {
  const init = { body: bytes, headers: { 'content-type': kind } }
  return read<T>(await send('post', ROOT + path, init))
}

/** The names of the styles. Only the door of A1111 lists them. */
export async function styles(): Promise<string[]> {
  const found = await read<unknown>(await send('get', '/sdapi/v1/prompt-styles', {}))
  const names = Array.isArray(found) ? found.map((it) => (it as { name?: unknown } | null)?.name) : []
  return names.filter((name): name is string => typeof name === 'string')
}

/** The figures of the server, in the format of Prometheus. */
export async function metrics(): Promise<string> {
  return (await send('get', '/metrics', {})).text()
}

/** The bytes of an archive of pictures. */
export async function archive(ids: number[]): Promise<Blob> {
  const init = { body: JSON.stringify({ ids }), headers: { 'content-type': 'application/json' } }
  return (await send('post', `${ROOT}/pictures/zip`, init)).blob()
}

export const pictureFile = (id: number, download = false) =>
  address(`/pictures/${id}/file`, download ? { download } : {})
export const thumbnail = (id: number, size: 64 | 128 | 256 | 512 = 256) => address(`/pictures/${id}/thumbnail`, { size })
