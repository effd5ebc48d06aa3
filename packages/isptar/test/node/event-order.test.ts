import { describe, expect, test } from 'vitest'
import { EventOrder } from '../../src/node/event-order.ts'

describe('EventOrder', () => {
  test('tells at once what nothing is before, and the rest in the order of turns', async () => {
    const order = new EventOrder()
    const told: string[] = []
    order.tell(() => told.push('first'))
    expect(told).toEqual(['first'])
    const [a, b] = [order.take(), order.take()]
    order.tell(() => told.push('after'))
    b.event = () => void told.push('b')
    await order.advance()
    expect([told, order.length]).toEqual([['first'], 3])
    a.event = async () => {
      await Promise.resolve()
      // What an event tells belongs to it.
      order.tell(() => told.push('a'))
    }
    await order.advance()
    expect([told, order.length]).toEqual([['first', 'a', 'b', 'after'], 0])
    order.tell(() => told.push('last'))
    expect(told.at(-1)).toBe('last')
  })

  test('what an event throws ends the telling, and the next goes on behind it', async () => {
    const order = new EventOrder()
    const told: string[] = []
    const [a, b] = [order.take(), order.take()]
    a.event = () => {
      throw new Error('full')
    }
    b.event = () => void told.push('b')
    await expect(order.advance()).rejects.toThrow('full')
    expect([told, order.length]).toEqual([[], 1])
    await order.advance()
    expect([told, order.length]).toEqual([['b'], 0])
  })

  test('what is forgotten is not told', async () => {
    const order = new EventOrder()
    const told: string[] = []
    order.take().event = () => void told.push('forgotten')
    order.clear()
    await order.advance()
    order.tell(() => told.push('new'))
    expect(told).toEqual(['new'])
  })
})
