import { codec as pakoCodec } from '../../src/gzip/pako-codec.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { describeCodec } from './codec-suite.ts'

describeCodec(pakoCodec, zlibCodec)
