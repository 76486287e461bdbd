"""Many operations, each run by a plan and by graphql-core: `make fuzz`.

python -m tests.fuzz --seed 7 --count 10000
python -m tests.fuzz --only "awkward 7:123"
python -m tests.fuzz --documents 100000
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from resource import RUSAGE_SELF, getrusage

from tests.fuzz.imitated import imitated
from tests.fuzz.operations import Sample
from tests.fuzz.shrinking import shrunk
from tests.fuzz.worlds import World, odd_ones, recorded

EVERY = 1000


async def worlds() -> list[World]:
    """All that operations are asked of."""
    return [odd_ones(), *await recorded(), await imitated()]


async def held(world: World, seed: str, seen: Counter[str]) -> bool:
    """Whether both ways give the same answer to the operation of a seed."""
    world.turn(seed)
    one = world.sample(seed)
    planned = world.planned(one)
    if planned is None:
        print(f"{world.name} {seed}: the generator made what is not valid\n{one.text}")
        return False
    seen["planned" if planned else "without a plan"] += 1
    mine, its = await world.answers(one)
    seen["with errors" if mine.errors else "without errors"] += 1
    if world.agree(mine, its):
        return True
    await told(world, seed, await shrunk(one, world.differ))
    return False


async def told(world: World, seed: str, one: Sample) -> None:
    """Print a failing operation and both of its answers."""
    mine, its = await world.answers(one)
    print(f"\n{world.name} {seed}: two answers to\n\n{one.text}\n{json.dumps(one.variables)}\n")
    print(f"plan:         {mine.encoded().decode()}\ngraphql-core: {its.encoded().decode()}\n")


async def run(seed: str, count: int) -> bool:
    """Run so many operations in all worlds by turns; whether both ways agree on each."""
    asked, began = await worlds(), time.monotonic()
    seen: Counter[str] = Counter()
    failed = 0
    for number in range(count):
        failed += not await held(asked[number % len(asked)], f"{seed}:{number}", seen)
        if number % EVERY == EVERY - 1 or number == count - 1:
            told = ", ".join(f"{many} {what}" for what, many in sorted(seen.items()))
            seconds = time.monotonic() - began
            print(
                f"{number + 1} operations in {seconds:.0f} s: {told}; {failed} differ", flush=True
            )
    return not failed


def many(count: int) -> bool:
    """Plan so many documents, each another; whether memory stays what it was after a tenth."""
    world, most = odd_ones(), 0
    for number in range(count):
        world.planned(Sample(f"{{ shapes {{ name twig: text a{number}: label }} }}", {}))
        if number % EVERY == EVERY - 1 or number == count - 1:
            peak = getrusage(RUSAGE_SELF).ru_maxrss // 1024
            most = most if number > count // 10 else peak
            print(f"{number + 1} documents: {peak} MiB at most", flush=True)
    return peak - most < 16


async def again(only: str) -> bool:
    """Run one operation, named as it was printed: its world and its seed."""
    name, _, seed = only.rpartition(" ")
    [world] = [it for it in await worlds() if it.name == name]
    return await held(world, seed, Counter())


def main() -> None:
    """Compare the two ways in which operations are run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", default="1", help="where to begin; each makes other operations")
    parser.add_argument("--count", type=int, default=12_000)
    parser.add_argument("--only", help="one operation, by its world and seed")
    parser.add_argument("--documents", type=int, help="plan so many documents, and run none")
    given = parser.parse_args()
    if given.documents:
        sys.exit(not many(given.documents))
    same = again(given.only) if given.only else run(given.seed, given.count)
    sys.exit(not asyncio.run(same))


if __name__ == "__main__":
    main()
