#!/usr/bin/env python3
"""Writes the three files that Fast-TransX trains on from a folder with train.tsv.

Fast-TransX reads whitespace-separated ids: `entity2id.txt` and `relation2id.txt` start with a count (the trainer reads
nothing else of them), `train2id.txt` starts with the number of facts and then has "head tail relation" on each line,
where our files have "head relation tail".
"""

import argparse
from pathlib import Path


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("data", type=Path, help="folder with train.tsv: head id, relation id, tail id")
    arguments.add_argument("out", type=Path, help="folder to write, created where it does not exist")
    options = arguments.parse_args()

    facts = []
    with open(options.data / "train.tsv", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            columns = line.split()
            if len(columns) != 3:
                raise SystemExit(f"{options.data / 'train.tsv'}:{number}: three ids expected, {len(columns)} found")
            facts.append(tuple(map(int, columns)))
    if not facts:
        raise SystemExit(f"{options.data / 'train.tsv'}: no facts")

    # Entities without a training fact still are candidates for negatives: the names' file knows how many there are.
    entities = count(options.data / "entities.tsv", max(max(head, tail) for head, _, tail in facts) + 1)
    relations = count(options.data / "relations.tsv", max(relation for _, relation, _ in facts) + 1)

    options.out.mkdir(parents=True, exist_ok=True)
    write_ids(options.out / "entity2id.txt", entities)
    write_ids(options.out / "relation2id.txt", relations)
    with open(options.out / "train2id.txt", "w", encoding="utf-8") as out:
        out.write(f"{len(facts)}\n")
        out.writelines(f"{head} {tail} {relation}\n" for head, relation, tail in facts)
    print(f"{len(facts)} facts, {entities} entities, {relations} relations in {options.out}")


def count(names: Path, least: int) -> int:
    """The number of lines of `names`, or `least` where that file does not exist."""
    if not names.exists():
        return least
    with open(names, encoding="utf-8") as lines:
        found = sum(1 for line in lines if line.strip())
    if found < least:
        raise SystemExit(f"{names}: {found} lines, but train.tsv has ids up to {least - 1}")
    return found


def write_ids(path: Path, size: int) -> None:
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"{size}\n")
        out.writelines(f"{index}\t{index}\n" for index in range(size))


if __name__ == "__main__":
    main()
