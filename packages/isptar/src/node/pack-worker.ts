/** The script of the threads that pack. */
import { buffersOf, type PackJob, type PackResult, runPackJob } from './pack-job.ts'
import { serveJobs } from './serve-jobs.ts'
import { nodeFileSystem } from './tree-file-system.ts'

serveJobs<PackJob, PackResult>((job) => runPackJob(job, nodeFileSystem), buffersOf)
