"""The rules of releases under random use, held against a naive telling after every step."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prompts_admin.domain.releases.records import Item, Place
from prompts_admin.domain.releases.states import PUTTING_BACK
from prompts_admin.domain.stages import EMPTY, STAGES, WHOLE, Entry, narrower
from prompts_admin.domain.targeting.rollout import walk
from prompts_admin.domain.targeting.rulesets import Ruleset, build_ruleset
from tests.domain.releases.ledger_back import running
from tests.domain.releases.ledger_pair import MODEL, Pair
from tests.domain.releases.ledger_promoting import EVERYBODY, Proposal, in_order
from tests.domain.releases.release_cases import CROWD, LADDER
from tests.support.lengths import examples

KEYS = ("support/triage", "support/reply", MODEL)
keys = st.sampled_from(KEYS)
stages = st.sampled_from(STAGES)
several_stages = st.sampled_from([list(STAGES), list(STAGES), ["full"], ["internal", "beta"]])
shares = st.sampled_from([WHOLE, WHOLE, 1, 10_000, 50_000, 99_999])
ceilings = st.sampled_from([WHOLE, WHOLE, 20_000, 60_000])
people = st.sampled_from(
    ["ann@example.com", "ann@example.com", "pam@example.com", "mia@example.com", "lea@example.com"]
)
signers = st.just(EVERYBODY) | st.sets(st.sampled_from(sorted(EVERYBODY)))
any_number = st.integers(0, 50)


class Releases(RuleBasedStateMachine):
    """Save, promote, change shares, roll back, undo and restore, with a model that prompts pin."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()
        self.open: list[Proposal] = []

    @initialize(author=people)
    def start(self, author: str) -> None:
        """Begin with two versions each, and the first prompt's first version live for everybody."""
        for key in (MODEL, *KEYS[:2]):
            self.pair.save(key, "first", author="ann@example.com", model=0)
            self.pair.save(key, "second", author=author, model=0)
        self.climb(KEYS[0], 0, WHOLE, EVERYBODY, "ann@example.com")

    @rule(key=keys, text=st.sampled_from("abc"), author=people, model=any_number)
    def save(self, key: str, text: str, author: str, model: int) -> None:
        self.pair.save(key, text, author=author, model=model)

    @rule(key=keys, version=any_number, share=shares, signed=signers, proposer=people)
    def climb(self, key: str, version: int, share: int, signed: set[str], proposer: str) -> None:
        """Take a version up the ladder, as far as the signers let it."""
        number = 1 + version % self.pair.ledger.latest(key)
        for stage in STAGES:
            step = self.pair.propose((stage, key), number, share=share, up_to=WHOLE, proposer=proposer)
            if step:
                self.pair.go_live(step, signed)

    @rule(
        stage=stages,
        key=keys,
        version=any_number,
        share=shares,
        up_to=ceilings,
        proposer=people,
        glass=st.booleans(),
    )
    def propose(
        self, stage: str, key: str, version: int, share: int, up_to: int, proposer: str, glass: bool
    ) -> None:
        number = 1 + version % self.pair.ledger.latest(key)
        proposal = self.pair.propose(
            (stage, key), number, share=share, up_to=max(share, up_to), proposer=proposer, glass=glass
        )
        self.open += [proposal] if proposal else []

    @precondition(lambda self: self.open)
    @rule(which=any_number, signed=signers)
    def apply(self, which: int, signed: set[str]) -> None:
        """Apply a proposal that may have been overtaken since."""
        self.pair.go_live(self.open[which % len(self.open)], signed)

    @rule(which=any_number, share=shares, proposer=people, signed=st.just(set()) | signers)
    def change_share(self, which: int, share: int, proposer: str, signed: set[str]) -> None:
        """Raise, lower or settle a candidate that stands, mostly without a new sign-off."""
        places = sorted(place for place, entry in self.pair.ledger.entries.items() if entry.candidate)
        if not places:
            return
        place = places[which % len(places)]
        candidate = self.pair.ledger.entries[place].candidate or 0
        step = self.pair.propose(place, candidate, share=share, up_to=WHOLE, proposer=proposer)
        if step:
            self.pair.go_live(step, signed)

    @rule(which=any_number, where=several_stages, only=st.booleans(), or_none=st.booleans())
    def roll_back(self, which: int, where: list[str], only: bool, or_none: bool) -> None:
        """Roll back something that runs, by itself or inside a prompt."""
        live = running(self.pair.ledger)
        named = sorted(live | {pin for version in live for pin in self.pair.ledger.saved[version].pins})
        key, version = named[which % len(named)] if named else (MODEL, 1)
        self.pair.roll_back(key, version, where, only=only, or_none=or_none)

    @rule(key=keys)
    def roll_back_twice(self, key: str) -> None:
        """A rollback typed twice goes back once: the second is refused by both."""
        self.pair.roll_back_unnamed(key)
        before = dict(self.pair.ledger.entries)
        count = len(self.pair.ledger.releases)
        self.pair.roll_back_unnamed(key)
        if count and self.pair.ledger.releases[count].kind == "rollback":
            assert self.pair.ledger.entries == before

    @rule(which=any_number, to=st.none() | any_number)
    def roll_back_to(self, which: int, to: int | None) -> None:
        """Choose what to go back to, among everything ever saved, or nothing."""
        places = sorted((place, e.settled) for place, e in self.pair.ledger.entries.items() if e.settled)
        (stage, key), version = places[which % len(places)] if places else (("full", MODEL), 1)
        target = None if to is None else 1 + to % self.pair.ledger.latest(key)
        self.pair.roll_back_to(key, version, stage, target)

    @precondition(lambda self: self.pair.ledger.releases)
    @rule(back=st.integers(0, 4), or_none=st.booleans())
    def undo(self, back: int, or_none: bool) -> None:
        """Undo one of the last releases; the last may be an undo itself."""
        self.pair.undo(max(1, len(self.pair.ledger.releases) - back), or_none=or_none)

    @precondition(lambda self: self.pair.ledger.releases)
    @rule(then=any_number, exact=st.booleans())
    def restore(self, then: int, exact: bool) -> None:
        self.pair.restore(then % len(self.pair.naive.line), exact=exact)

    @rule()
    def let_a_day_pass(self) -> None:
        self.pair.wait(timedelta(hours=25))

    @invariant()
    def both_tell_the_same(self) -> None:
        """Entries, marks, and what became of each item agree with the naive telling."""
        ledger, last = self.pair.ledger, self.pair.naive.last
        stands = {p: (e.settled, e.candidate, e.percentage) for p, e in ledger.entries.items() if e != EMPTY}
        assert stands == {p: stand for p, stand in last.stands.items() if stand != (None, None, 0)}
        assert ledger.marked() == last.marks
        assert {at: state for at, (state, _) in ledger.states.items()} == last.states

    @invariant()
    def both_agree_on_who_passed(self) -> None:
        """Which versions may go on from a stage agrees with the naive telling."""
        ledger, last = self.pair.ledger, self.pair.naive.last
        for (stage, wider), key in product(pairwise(STAGES), KEYS):
            settled = ledger.entry(stage, key).settled
            for version in range(1, ledger.latest(key) + 1):
                passed = version == settled or ((stage, key), version) in last.passed
                assert in_order(ledger, Item(wider, key, version)) == passed

    @invariant()
    def entries_are_sound(self) -> None:
        """At most one settled and one candidate, never the same, and a share of 0.001 to 99.999 %."""
        for entry in self.pair.ledger.entries.values():
            assert (entry.candidate is None) == (entry.percentage == 0)
            assert entry.candidate is None or entry.candidate != entry.settled
            assert 0 <= entry.percentage < WHOLE

    @invariant()
    def history_replays(self) -> None:
        """Release numbers have no gap, and each place's history leads step by step to its entry."""
        ledger = self.pair.ledger
        assert sorted(ledger.releases) == list(range(1, len(ledger.releases) + 1))
        for place, lines in ledger.history.items():
            steps: list[Entry] = [EMPTY, *(line.after for line in lines)]
            assert [line.before for line in lines] == steps[:-1]
            assert ledger.entries[place] == steps[-1]

    @invariant()
    def nobody_lost_an_answer_unasked(self) -> None:
        """Whatever happened before: who had one by the real rules has one, unless the last was told to switch off."""
        ledger = self.pair.ledger
        number = len(ledger.releases)
        if not number or ledger.releases[number].kind not in PUTTING_BACK or number in self.pair.explicit:
            return
        before = ledger.entries | {change.place: change.before for change in ledger.releases[number].changes}
        had, has = rules_of(before), rules_of(ledger.entries)
        for key, context in product(had.ladders, CROWD):
            assert walk(had.ladders[key], context.values()).version is None or (
                walk(has.ladders[key], context.values()).version is not None
            )

    @invariant()
    def the_last_release_kept_its_promise(self) -> None:
        """A promotion leaves nothing older inside; a rollback settles nothing bad and keeps what it did not name."""
        ledger = self.pair.ledger
        if not ledger.releases:
            return
        release = ledger.releases[len(ledger.releases)]
        for change in release.changes:
            settles = change.after.settled not in (None, change.before.settled)
            if release.kind == "rollback" and settles:
                assert not ledger.is_bad(change.key, change.after.settled or 0)
            if release.kind == "promotion" and settles and change.stage == release.items[0].stage:
                inside = [ledger.entry(stage, change.key) for stage in narrower(change.stage)]
                versions = [v for e in inside for v in (e.settled, e.candidate) if v is not None]
                assert all(version >= (change.after.settled or 0) for version in versions)


def rules_of(entries: dict[Place, Entry]) -> Ruleset:
    """Return the rules by which serving code would answer."""
    on: dict[str, dict[str, Entry]] = {}
    for (stage, key), entry in entries.items():
        on.setdefault(key, {})[stage] = entry
    return build_ruleset(on, audiences=LADDER)


TestReleases = Releases.TestCase
TestReleases.settings = examples(120, steps=30)
