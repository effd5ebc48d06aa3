/** The file system side of isptar: files as sources and targets, trees in, trees out. Node only. */
export { FileSource } from './file-source.ts'
export { FileTarget, type FileTargetOptions } from './file-target.ts'
export { toNodeReadable, toWebReadable, toWebWritable } from './node-streams.ts'
export { openFile } from './open-file.ts'
export { openUrl, type OpenUrlOptions } from './open-url.ts'
export { codec as zlibCodec } from './zlib-codec.ts'
