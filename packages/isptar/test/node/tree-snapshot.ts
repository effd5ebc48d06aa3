/** Describes a folder and all below it without following a link, so that two states of it can be compared. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** One file, folder or link as it is on disk. */
export interface NodeSnapshot {
  type: 'file' | 'dir' | 'symlink' | 'fifo' | 'char' | 'block'
  mode: number
  uid: number
  gid: number
  mtimeNs: bigint
  ctimeNs: bigint
  inode: bigint
  links: number
  sizeBytes: number
  sha256?: string
  target?: Buffer
  device?: readonly [major: number, minor: number]
}

/**
 * Gives all nodes below a folder by their path as latin1, the folder itself as an empty path.
 *
 * @param except - a path that is left out with all below it
 */
export function snapshotTree(root: string, except?: string): Map<string, NodeSnapshot> {
  const nodes = new Map<string, NodeSnapshot>()
  visit(Buffer.from(root), '', nodes, except)
  return nodes
}

function visit(path: Buffer, place: string, nodes: Map<string, NodeSnapshot>, except: string | undefined): void {
  if (place === except) return
  const node = snapshotNode(path)
  nodes.set(place, node)
  if (node.type !== 'dir') return
  for (const name of readdirSync(path, { encoding: 'buffer' })) {
    const child = name.toString('latin1')
    visit(Buffer.concat([path, Buffer.from('/'), name]), place === '' ? child : `${place}/${child}`, nodes, except)
  }
}

function snapshotNode(path: Buffer): NodeSnapshot {
  const stat = lstatSync(path, { bigint: true })
  const type = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'dir'
      : stat.isSymbolicLink()
        ? 'symlink'
        : stat.isFIFO()
          ? 'fifo'
          : stat.isCharacterDevice()
            ? 'char'
            : 'block'
  return {
    type,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    inode: stat.ino,
    links: Number(stat.nlink),
    sizeBytes: Number(stat.size),
    ...(type === 'file' && { sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }),
    ...(type === 'symlink' && { target: readlinkSync(path, { encoding: 'buffer' }) }),
    ...((type === 'char' || type === 'block') && { device: deviceNumber(stat.rdev) }),
  }
}

/** Linux's packing of major and minor. */
function deviceNumber(rdev: bigint): readonly [major: number, minor: number] {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)
  return [Number(major), Number(minor)]
}
