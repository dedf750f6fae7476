"""What is measured: rows with what they are held against."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Row:
    """A figure of ours beside a peer's, by round; `must` and `stretch` bound the ratio, from above where `less` is better."""

    name: str
    peer: str
    unit: str
    must: float | None
    stretch: float | None = None
    less: bool = False
    own: list = field(default_factory=list)
    others: list = field(default_factory=list)

    def add(self, own, other=1.0):
        self.own.append(own)
        self.others.append(other)

    @property
    def ratios(self):
        return [own / other for own, other in zip(self.own, self.others)]

    @property
    def ratio(self):
        return statistics.median(self.ratios)

    @property
    def verdict(self):
        def holds(bound):
            return self.ratio <= bound if self.less else self.ratio >= bound

        if self.stretch is not None and holds(self.stretch):
            return "stretch"
        return "met" if self.must is None or holds(self.must) else "**missed**"

    def text(self):
        sign = "≤" if self.less else "≥"
        bounds = " / ".join(f"{sign} {bound:g}" for bound in (self.must, self.stretch) if bound is not None)
        return (f"| {self.name} | {self.peer} | {bounds} | **{self.ratio:.3g}** | {min(self.ratios):.3g} … "
                f"{max(self.ratios):.3g} | {shown(self.own)} | {shown(self.others)} | {self.unit} | {self.verdict} |")

    def report(self):
        print(f"{self.name}: {self.ratio:.3g} against {self.peer} ({min(self.ratios):.3g} … {max(self.ratios):.3g}), "
              f"{self.verdict}; {shown(self.own)} and {shown(self.others)} {self.unit}", flush=True)


HEADER = ("| | against | must / stretch | ratio | least … most | ours | theirs | unit | |\n"
          "|---|---|---|---|---|---|---|---|---|")


def shown(values):
    value = statistics.median(values)
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
