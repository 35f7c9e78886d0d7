#!/usr/bin/env python3
"""Measures how many training facts torch trains on per second on a CPU, in the shapes of `whylink-bench.jar throughput`.

A positive is one training fact. The loss is the softmax cross-entropy of its true answer:

  shared  both sides of a batch against [the positive | negatives drawn each step, shared by the batch]
  1vsall  both sides of a batch against all entities
  single  one fact a step, its tail against [the positive | negatives drawn for this fact]

Variants, from what a reader of the documentation writes to what an expert squeezes out:

  dense          nn.Embedding, torch.optim
  dense-foreach  the same, optimizer with foreach=True
  dense-fused    the same, optimizer with fused=True
  sparse         nn.Embedding(sparse=True), torch.optim
  rows           autograd for the rows of the batch only, which are updated by hand; tables of the 1vsall regime are dense
  closed         no autograd: gradients written out, buffers reused, rows updated by hand
  compiled       rows with its losses through torch.compile; needs a C++ compiler and Python's headers

All variants draw the same facts and negatives and compute the same steps: --check compares their parameters.
"""

import argparse
import ctypes
import platform
import statistics
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

VARIANTS = ("dense", "dense-foreach", "dense-fused", "sparse", "rows", "closed", "compiled")
SHAPES = {
    "shared": {"dimension": 128, "batch": 512, "negatives": 480, "optimizer": "Adagrad"},
    "1vsall": {"dimension": 128, "batch": 512, "negatives": 0, "optimizer": "Adagrad"},
    "single": {"dimension": 100, "batch": 1, "negatives": 500, "optimizer": "SGD"},
}
EPSILON = 1e-10
FEED_STEPS = 256


# Queries: score(h, r, t) = tail_query(h, r) · t = head_query(r, t) · h. Rows hold the real halves first.


def tail_query(model, head, relation):
    if model == "DistMult":
        return head * relation
    (a, b), (c, d) = head.chunk(2, -1), relation.chunk(2, -1)
    return torch.cat((a * c - b * d, a * d + b * c), -1)


def head_query(model, relation, tail):
    if model == "DistMult":
        return relation * tail
    (c, d), (a, b) = relation.chunk(2, -1), tail.chunk(2, -1)
    return torch.cat((c * a + d * b, c * b - d * a), -1)


def tail_query_gradient(model, head, relation, gradient):
    """The gradients of head and relation, given the gradient of tail_query(head, relation)."""
    if model == "DistMult":
        return gradient * relation, gradient * head
    # The query is a complex product, so each gradient is the product with the other factor's conjugate.
    return head_query(model, relation, gradient), head_query(model, head, gradient)


def head_query_gradient(model, relation, tail, gradient):
    """The gradients of relation and tail, given the gradient of head_query(relation, tail)."""
    if model == "DistMult":
        return gradient * tail, gradient * relation
    # conj(r)·t is linear in conj(r): its gradient is t·conj(g), that of t is r·g.
    return head_query(model, gradient, tail), tail_query(model, relation, gradient)


class Feed:
    """Facts in random order, without end, and uniform negatives; a function of the seed alone."""

    def __init__(self, facts, entities, options):
        self.facts, self.entities, self.options = facts, entities, options
        self.generator = torch.Generator().manual_seed(options.seed)
        self.order, self.position = torch.randperm(len(facts), generator=self.generator), 0

    def batch(self):
        """Head, relation and tail ids [batch each], and the negatives [negatives]."""
        heads, relations, tails = self.next_facts(self.options.batch).unbind(1)
        return heads, relations, tails, self.draw(self.options.negatives)

    def singles(self):
        """FEED_STEPS steps of one fact: drawn together, because one draw costs as much as a step."""
        facts = self.next_facts(FEED_STEPS)
        candidates = torch.cat((facts[:, 2:], self.draw(FEED_STEPS, self.options.negatives)), 1)
        return zip(facts[:, 0].tolist(), facts[:, 1].tolist(), candidates.unbind(0), facts[:, :1].unbind(0),
                   facts[:, 1:2].unbind(0))

    def next_facts(self, count):
        if self.position + count > len(self.order):
            self.order, self.position = torch.randperm(len(self.facts), generator=self.generator), 0
        chosen = self.order[self.position : self.position + count]
        self.position += count
        return self.facts.index_select(0, chosen)

    def draw(self, *shape):
        return torch.randint(self.entities, shape, generator=self.generator)


class Tables:
    """Entity and relation rows, and how one step changes them: element-wise Adagrad or SGD."""

    def __init__(self, entities, relations, options):
        generator = torch.Generator().manual_seed(options.seed + 1)
        self.entity = torch.empty(entities, options.dimension).normal_(0, 0.3, generator=generator)
        self.relation = torch.empty(relations, options.dimension).normal_(0, 0.3, generator=generator)
        self.adagrad, self.rate = options.optimizer == "Adagrad", options.learning_rate
        self.sums = {id(table): torch.zeros_like(table) for table in (self.entity, self.relation)}

    def update_rows(self, table, ids, gradients):
        """One step of the rows `ids` (repetitions allowed) by their gradients [ids, dimension]."""
        if not self.adagrad:
            add_rows(table, ids, gradients.mul_(-self.rate))
            return
        # Adagrad squares the sum over a row's occurrences, so repetitions are added up first.
        unique, inverse = torch.unique(ids, return_inverse=True)
        summed = add_rows(table.new_zeros(len(unique), table.shape[1]), inverse, gradients)
        sums = add_rows(self.sums[id(table)], unique, summed * summed)
        scale = sums.index_select(0, unique).sqrt_().add_(EPSILON)
        add_rows(table, unique, summed.div_(scale).mul_(-self.rate))

    def update_all(self, table, gradients):
        """One step of a whole table."""
        if self.adagrad:
            sums = self.sums[id(table)].addcmul_(gradients, gradients)
            table.addcdiv_(gradients, sums.sqrt().add_(EPSILON), value=-self.rate)
        else:
            table.add_(gradients, alpha=-self.rate)

    def update_relations(self, ids, gradients):
        """Few relations: a dense sum costs less than looking for the rows of the batch."""
        self.update_all(self.relation, add_rows(torch.zeros_like(self.relation), ids, gradients))


def add_rows(table, ids, rows):
    # The expanded index takes a path that is about twice as fast as index_add_.
    return table.scatter_add_(0, ids.unsqueeze(1).expand_as(rows), rows)


# The losses, written for autograd. Each returns the sum over the facts; the batch's size does not change Adagrad's steps.


def shared_loss(model, head, relation, tail, negatives):
    queries = torch.cat((tail_query(model, head, relation), head_query(model, relation, tail)))
    positives = (queries * torch.cat((tail, head))).sum(1, keepdim=True)
    logits = torch.cat((positives, queries @ negatives.t()), 1)
    return functional.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.long), reduction="sum")


def all_loss(model, head, relation, tail, entities, truths):
    queries = torch.cat((tail_query(model, head, relation), head_query(model, relation, tail)))
    return functional.cross_entropy(queries @ entities.t(), truths, reduction="sum")


def single_loss(model, head, relation, candidates):
    scores = candidates @ tail_query(model, head, relation)
    return scores.logsumexp(0) - scores[0]


class Embeddings:
    """The variants dense* and sparse: nn.Embedding, autograd and torch.optim."""

    def __init__(self, tables, feed, options):
        self.feed, self.options = feed, options
        sparse = options.variant == "sparse"
        self.entity = nn.Embedding.from_pretrained(tables.entity, freeze=False, sparse=sparse)
        self.relation = nn.Embedding.from_pretrained(tables.relation, freeze=False, sparse=sparse)
        settings = {"lr": options.learning_rate}
        if options.variant == "dense-foreach":
            settings["foreach"] = True
        if options.variant == "dense-fused":
            settings["fused"] = True
        weights = [self.entity.weight, self.relation.weight]
        self.optimizer = getattr(torch.optim, options.optimizer)(weights, **settings)
        self.singles = iter(())

    def step(self):
        loss = getattr(self, "loss_" + self.options.regime.replace("1vs", ""))()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def loss_shared(self):
        heads, relations, tails, negatives = self.feed.batch()
        # One look-up: three would give three gradients of the whole table (or three sparse ones to merge).
        rows = self.entity(torch.cat((heads, tails, negatives)))
        head, tail, negative = rows.split((len(heads), len(tails), len(negatives)))
        return shared_loss(self.options.model, head, self.relation(relations), tail, negative)

    def loss_all(self):
        heads, relations, tails, _ = self.feed.batch()
        head, tail = self.entity(torch.cat((heads, tails))).chunk(2)
        truths = torch.cat((tails, heads))
        return all_loss(self.options.model, head, self.relation(relations), tail, self.entity.weight, truths)

    def loss_single(self):
        fact = next(self.singles, None)
        if fact is None:
            self.singles = iter(self.feed.singles())
            fact = next(self.singles)
        _, _, candidates, head, relation = fact
        rows = self.entity(torch.cat((head, candidates)))
        return single_loss(self.options.model, rows[0], self.relation(relation)[0], rows[1:])


class Rows:
    """The variants rows and compiled: autograd for the rows of the batch, steps by hand."""

    def __init__(self, tables, feed, options):
        self.tables, self.feed, self.options = tables, feed, options
        self.step = getattr(self, "step_" + options.regime.replace("1vs", ""))
        self.singles = iter(())
        compiled = torch.compile if options.variant == "compiled" else lambda function, **_: function
        self.shared_loss = compiled(shared_loss, dynamic=False)
        self.all_loss = compiled(all_loss, dynamic=False)
        self.single_loss = compiled(single_loss, dynamic=False)

    def step_shared(self):
        heads, relations, tails, negatives = self.feed.batch()
        ids, entity = torch.cat((heads, tails, negatives)), self.tables.entity
        head, tail, negative = (entity.index_select(0, part).requires_grad_() for part in (heads, tails, negatives))
        relation = self.tables.relation.index_select(0, relations).requires_grad_()
        loss = self.shared_loss(self.options.model, head, relation, tail, negative)
        of_head, of_relation, of_tail, of_negative = torch.autograd.grad(loss, (head, relation, tail, negative))
        self.tables.update_rows(entity, ids, torch.cat((of_head, of_tail, of_negative)))
        self.tables.update_relations(relations, of_relation)

    def step_all(self):
        heads, relations, tails, _ = self.feed.batch()
        entity = self.tables.entity.detach().requires_grad_()
        head, tail = (self.tables.entity.index_select(0, ids).requires_grad_() for ids in (heads, tails))
        relation = self.tables.relation.index_select(0, relations).requires_grad_()
        truths = torch.cat((tails, heads))
        loss = self.all_loss(self.options.model, head, relation, tail, entity, truths)
        of_head, of_relation, of_tail, of_all = torch.autograd.grad(loss, (head, relation, tail, entity))
        add_rows(of_all, heads, of_head)
        add_rows(of_all, tails, of_tail)
        self.tables.update_all(self.tables.entity, of_all)
        self.tables.update_relations(relations, of_relation)

    def step_single(self):
        for head_id, relation_id, candidates, heads, relations in self.feed.singles():
            entity, relation_table = self.tables.entity, self.tables.relation
            head = entity[head_id].requires_grad_()
            relation = relation_table[relation_id].requires_grad_()
            rows = entity.index_select(0, candidates).requires_grad_()
            loss = self.single_loss(self.options.model, head.clone(), relation.clone(), rows)
            of_head, of_relation, of_rows = torch.autograd.grad(loss, (head, relation, rows))
            ids = torch.cat((heads, candidates))
            self.tables.update_rows(entity, ids, torch.cat((of_head.unsqueeze(0), of_rows)))
            self.tables.update_rows(relation_table, relations, of_relation.unsqueeze(0))


class Closed:
    """The variant closed: the gradients written out. With p the softmax of the scores, the gradient of a score is
    p, less 1 for the true answer; the rest is the chain rule through the queries."""

    def __init__(self, tables, feed, options):
        self.tables, self.feed, self.options = tables, feed, options
        self.step = getattr(self, "step_" + options.regime.replace("1vs", ""))
        width = len(tables.entity) if options.regime == "1vsall" else options.negatives + 1
        # Reused, because fresh pages for a matrix of 60 MB cost as much as filling it.
        self.scores = torch.empty(2 * options.batch, width)
        self.probabilities = torch.empty(2 * options.batch, width)
        self.of_entities = torch.empty_like(tables.entity) if options.regime == "1vsall" else None

    def step_shared(self):
        model, tables = self.options.model, self.tables
        heads, relations, tails, negatives = self.feed.batch()
        ids, size = torch.cat((heads, tails, negatives)), len(heads)
        rows = tables.entity.index_select(0, ids)
        head, tail, negative = rows.split((size, size, len(negatives)))
        relation = tables.relation.index_select(0, relations)

        queries = torch.cat((tail_query(model, head, relation), head_query(model, relation, tail)))
        truths = torch.cat((tail, head))
        torch.sum(queries * truths, 1, out=self.scores[:, 0])
        torch.mm(queries, negative.t(), out=self.scores[:, 1:])
        torch.softmax(self.scores, 1, out=self.probabilities)
        of_truth, of_negative = self.probabilities[:, :1] - 1, self.probabilities[:, 1:]

        of_queries = torch.addmm(of_truth * truths, of_negative, negative)
        of_truths = of_truth * queries
        of_head, of_relation = tail_query_gradient(model, head, relation, of_queries[:size])
        of_relation_too, of_tail = head_query_gradient(model, relation, tail, of_queries[size:])
        of_rows = torch.empty_like(rows)
        torch.add(of_head, of_truths[size:], out=of_rows[:size])
        torch.add(of_tail, of_truths[:size], out=of_rows[size : 2 * size])
        torch.mm(of_negative.t(), queries, out=of_rows[2 * size :])
        tables.update_rows(tables.entity, ids, of_rows)
        tables.update_relations(relations, of_relation.add_(of_relation_too))

    def step_all(self):
        model, tables = self.options.model, self.tables
        heads, relations, tails, _ = self.feed.batch()
        size = len(heads)
        head, tail = tables.entity.index_select(0, heads), tables.entity.index_select(0, tails)
        relation = tables.relation.index_select(0, relations)

        queries = torch.cat((tail_query(model, head, relation), head_query(model, relation, tail)))
        torch.mm(queries, tables.entity.t(), out=self.scores)
        torch.softmax(self.scores, 1, out=self.probabilities)
        truths = torch.cat((tails, heads)).unsqueeze(1)
        self.probabilities.scatter_add_(1, truths, torch.full_like(truths, -1, dtype=torch.float32))

        of_queries = self.probabilities @ tables.entity
        of_head, of_relation = tail_query_gradient(model, head, relation, of_queries[:size])
        of_relation_too, of_tail = head_query_gradient(model, relation, tail, of_queries[size:])
        torch.mm(self.probabilities.t(), queries, out=self.of_entities)
        add_rows(self.of_entities, heads, of_head)
        add_rows(self.of_entities, tails, of_tail)
        tables.update_all(tables.entity, self.of_entities)
        tables.update_relations(relations, of_relation.add_(of_relation_too))

    def step_single(self):
        model, tables = self.options.model, self.tables
        for head_id, relation_id, candidates, heads, relations in self.feed.singles():
            head, relation = tables.entity[head_id], tables.relation[relation_id]
            rows = tables.entity.index_select(0, candidates)
            query = tail_query(model, head, relation)
            of_scores = torch.softmax(torch.mv(rows, query), 0)
            of_scores[0] -= 1
            of_query = torch.mv(rows.t(), of_scores)
            of_head, of_relation = tail_query_gradient(model, head, relation, of_query)
            if tables.adagrad:
                of_rows = torch.cat((of_head.unsqueeze(0), torch.outer(of_scores, query)))
                tables.update_rows(tables.entity, torch.cat((heads, candidates)), of_rows)
                tables.update_rows(tables.relation, relations, of_relation.unsqueeze(0))
            else:
                relation.add_(of_relation, alpha=-tables.rate)
                add_rows(tables.entity, candidates, torch.outer(of_scores.mul_(-tables.rate), query))
                head.add_(of_head, alpha=-tables.rate)


def trainer(facts, entities, relations, options):
    """The tables and the object whose step() trains on steps_facts(options) facts."""
    tables, feed = Tables(entities, relations, options), Feed(facts, entities, options)
    if options.variant == "closed":
        return tables, Closed(tables, feed, options)
    if options.variant in ("rows", "compiled"):
        return tables, Rows(tables, feed, options)
    return tables, Embeddings(tables, feed, options)


def step_facts(options):
    by_block = options.regime == "single" and options.variant in ("rows", "closed", "compiled")
    return FEED_STEPS if by_block else options.batch


def step(training, options):
    # Where nothing is differentiated, not even the bookkeeping of autograd shall cost anything.
    with torch.set_grad_enabled(options.variant != "closed"):
        training.step()


def mean_loss(tables, facts, options):
    """The softmax loss of the true tails against all entities, mean over 512 facts: shows that training happened."""
    heads, relations, tails = facts[:512].unbind(1)
    with torch.no_grad():
        queries = tail_query(options.model, tables.entity[heads], tables.relation[relations])
        return functional.cross_entropy(queries @ tables.entity.t(), tails).item()


def measure(training, options, seconds):
    """Positives per CPU second (all threads) and per second on the wall."""
    count, facts = 0, step_facts(options)
    cpu, wall = time.process_time(), time.perf_counter()
    end = wall + seconds
    while time.perf_counter() < end:
        step(training, options)
        count += facts
    return count / (time.process_time() - cpu), count / (time.perf_counter() - wall)


def check(facts, entities, relations, options):
    """Compares every variant's parameters after the same steps with those of dense."""
    steps = FEED_STEPS if options.regime == "single" else 5
    reference, failures = None, 0
    for options.variant in VARIANTS:
        if options.variant == "dense-fused" and not fused_exists(options):
            continue
        if (options.variant == "sparse" and options.regime == "1vsall") or options.variant == "compiled":
            continue
        tables, training = trainer(facts, entities, relations, options)
        for _ in range(0, steps * options.batch, step_facts(options)):
            step(training, options)
        values = torch.cat((tables.entity.detach().flatten(), tables.relation.detach().flatten()))
        if reference is None:
            start = Tables(entities, relations, options)
            moved = (values - torch.cat((start.entity.flatten(), start.relation.flatten()))).norm()
            reference = values
        # As a share of the way that training went: Adagrad's first step is the gradient's sign, so that single
        # coordinates with a gradient of nearly nothing may differ by twice the learning rate from rounding alone.
        difference = ((values - reference).norm() / moved).item()
        failures += difference > 1e-3
        print(f"variant={options.variant} difference={difference:.1e}", "" if difference <= 1e-3 else "TOO LARGE")
    raise SystemExit(1 if failures or not moved > 0 else 0)


def fused_exists(options):
    try:
        getattr(torch.optim, options.optimizer)([nn.Parameter(torch.zeros(1))], lr=0.1, fused=True)
        return True
    except (RuntimeError, TypeError):
        return False


def keep_memory():
    """Lets glibc keep freed memory for the next step: otherwise every large matrix is mapped and cleared anew."""
    if platform.libc_ver()[0] == "glibc":
        trim_threshold, mmap_max = -1, -4
        library = ctypes.CDLL(None)
        library.mallopt(mmap_max, 0)
        library.mallopt(trim_threshold, 2**31 - 1)


def read_facts(path):
    with open(path, encoding="utf-8") as lines:
        return torch.tensor([list(map(int, line.split())) for line in lines])


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--regime", choices=SHAPES, default="shared")
    parser.add_argument("--model", choices=("ComplEx", "DistMult"), default="ComplEx")
    parser.add_argument("--data", type=Path, required=True, help="folder with train.tsv: head id, relation id, tail id")
    parser.add_argument("--dimension", type=int, help="floats in a row: ComplEx has half as many complex numbers")
    parser.add_argument("--batch", type=int, help="facts a step; the regime single has one")
    parser.add_argument("--negatives", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10, help="time of one repeat, after a warm-up")
    parser.add_argument("--repeats", type=int, default=3, help="the line shows their median")
    parser.add_argument("--variant", choices=VARIANTS, default="dense")
    parser.add_argument("--optimizer", choices=("Adagrad", "SGD"))
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--allocator", choices=("keep", "system"), default="keep", help="keep: reuse freed pages")
    parser.add_argument("--check", action="store_true", help="compare the variants' parameters instead of measuring")
    options = parser.parse_args()
    for name, value in SHAPES[options.regime].items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.regime == "single" and options.batch != 1:
        parser.error("--regime single has --batch 1")
    if options.model == "ComplEx" and options.dimension % 2:
        parser.error("--dimension must be even for ComplEx")
    if options.regime == "1vsall" and options.variant == "sparse" and not options.check:
        parser.error("1vsall touches every row: torch has no sparse gradient for it")
    return options


def main():
    options = parsed()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    if options.allocator == "keep":
        keep_memory()
    facts = read_facts(options.data / "train.tsv")
    # A private order, so that the 512 facts of the printed loss are no neighbours in the file.
    facts = facts[torch.randperm(len(facts), generator=torch.Generator().manual_seed(options.seed))].contiguous()
    entities = int(facts[:, [0, 2]].max()) + 1
    relations = int(facts[:, 1].max()) + 1
    if options.check:
        check(facts, entities, relations, options)

    tables, training = trainer(facts, entities, relations, options)
    before = mean_loss(tables, facts, options)
    measure(training, options, min(3.0, options.seconds))
    repeats = [measure(training, options, options.seconds) for _ in range(options.repeats)]
    cpu, wall = (statistics.median(column) for column in zip(*repeats))
    after = mean_loss(tables, facts, options)
    settings = " ".join(f"{name}={getattr(options, name)}" for name in (
        "regime", "model", "variant", "optimizer", "dimension", "batch", "negatives", "threads", "allocator"))
    print(f"positives_per_cpu_second={cpu:.0f} positives_per_wall_second={wall:.0f} {settings}"
          f" loss={before:.3f}->{after:.3f} torch={torch.__version__}")


if __name__ == "__main__":
    main()
