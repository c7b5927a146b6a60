"""The World: time, order, connections, randomness and history. It knows machines only by their contract.

Reading path: agenda, node, links, connections, performing, loop, world, inputs, replay, snapshots.
"""
