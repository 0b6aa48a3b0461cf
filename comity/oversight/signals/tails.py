"""How likely it is to see so many or more by chance: three exact tails, each from its textbook sum.

Sources: the binomial and the Poisson distribution as in the NIST/SEMATECH e-Handbook of Statistical Methods, sections
1.3.6.6.18 and 1.3.6.6.19; Fisher's exact test, one-sided, J. R. Stat. Soc. 85 (1922) 87. Terms are made from
logarithms of the gamma function, so that no factorial overflows; sums are by `math.fsum`.
"""

from collections.abc import Iterable
from math import exp, fsum, inf, lgamma, log


def binomial(hits: int, of: int, rate: float) -> float:
    """P(X >= hits) where each of `of` is one with probability `rate`."""
    if hits <= 0:
        return 1.0
    if hits > of or rate <= 0:
        return 0.0
    if rate >= 1:
        return 1.0
    yes, no = log(rate), log(1 - rate)
    return _whole(exp(_choose(of, k) + k * yes + (of - k) * no) for k in range(hits, of + 1))


def poisson(seen: int, mean: float) -> float:
    """P(X >= seen) where `mean` are expected: one less the sum below, or the sum itself where that would cancel."""
    if seen <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if seen <= mean:
        return max(0.0, 1.0 - _whole(_poisson(k, mean) for k in range(seen)))
    terms, k = [_poisson(seen, mean)], seen
    while terms[-1] > terms[0] * 1e-17 and terms[-1] > 0:
        k += 1
        terms.append(terms[-1] * mean / k)
    return _whole(terms)


def fisher(hits: int, of: int, other_hits: int, others: int) -> float:
    """P(X >= hits) if the hits of both fell on the `of` and the `others` by lot (hypergeometric)."""
    both, marked = of + others, hits + other_hits
    most = min(of, marked)
    every = _choose(both, marked)
    return _whole(exp(_choose(of, k) + _choose(others, marked - k) - every) for k in range(hits, most + 1))


def _choose(n: int, k: int) -> float:
    """The logarithm of the binomial coefficient."""
    return -inf if not 0 <= k <= n else lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _poisson(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))


def _whole(terms: Iterable[float]) -> float:
    return min(1.0, fsum(terms))
