/** The script of the worker. */
import { expose } from 'comlink'
import { installMessageHandlers } from '../contract/message-handlers.ts'
import { createEngine } from './engine.ts'
import { troubleOf } from './trouble-of.ts'

installMessageHandlers(troubleOf)
expose(createEngine())
