"""The attacks and faults that the product is held against: each has a test with its number, or a reason.

`page()` is the table in docs/reference/hardening.md; S are attacks on security (after OWASP ASVS 5.0), W what
went wrong in comparable products, F faults to survive.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
_NUMBER = re.compile(r"_([SWF]\d\d)(?=_)")

ATTACKS = """\
cross-site request forgery
no change of state on GET
no CORS simple writes
session fixation
entropy of secrets
sign-out and disabling count at once
ending other sessions
idle and absolute time limits
cookie flags
password hashing
password rules
common passwords
guessing
default accounts
equal sign-in paths
reset and invitation links
rights of every route and role
rights on every object
fields per role
mass assignment
hidden buttons
no skipped step
a change is atomic
business locks
four eyes
stored scripts
Markdown and CSS content
template injection
format strings
SQL injection
command injection
path traversal
sizes and bombs
unsafe deserialisation
YAML bombs, slow patterns, big differences
server-side requests
no secrets in addresses
secrets at rest and in logs
content security policy
security headers
no CORS
open redirects
content types
proxy headers
request smuggling
caching of private pages
fields of the log
what is logged
log injection
audit tampering
errors tell nothing
token storage and comparison
rate limits
exposure of internals
classification
bill of materials
rights are read inside the transaction
parameters given twice
""".splitlines()
COMPARABLE = """\
path traversal by names
double decoding
fragments that hide a path
traversal in version creation
header reflected as HTML
edit right used to delete
empty passwords
routes outside the authentication
sub-resources without a check
batches that exhaust workers
internal jobs without rights
member lists of others
sign-on takeover
stored key sent to a changed host
outgoing addresses and templates
prompt templates that run code
SQL on the error path
caller-set provider address
prefix that skips authentication
discovery lists names
open registration with webhooks
webhooks to inside
login switched off by default
prompt name as a path
deletion without owner check
git options and addresses
tree entries of git
framework flaws
YAML loaders
configuration that runs code
no finding to learn from
""".splitlines()
FAULTS = """\
killed at any point
power loss
killed between commit and outbox
two approvers at once
sign and save at once
promote and roll back at once
two people edit
double click and retry
database locked
disk full
read-only database
database gone while serving
audit cannot be written
server down at client start, with snapshot
server down at client start, without
damaged snapshot
bad answers of the server
torn event
bad events
silent connection
everybody reconnects
clocks
webhook receivers
duplicate delivery
git remote
damaged mirror
malicious content in the mirror
silent metrics
low traffic
provider outage
bad rollback target
person and automation
ten thousand prompts
megabyte prompts
unicode
duplicate keys
alias bombs
merge-key bombs
YAML surprises
JSON surprises
rights lost in between
yesterday's backup
interrupted migration
stop under load
slow readers
flood of feedback
""".splitlines()

NOT_THERE = "Not built: there is"
REASONS = {
    "S15": f"{NOT_THERE} no single sign-on; every other way in is `prompts_admin/services/people/sign_in.py`.",
    "S55": "A token's clearance bounds what serving gives it (S19, `tests/serving`). The mirror and backups hold prompt"
    " texts of every class and stay in the data folder; personal data is not collected.",
    "W01": "Held by S32: keys are never joined to paths that they could leave.",
    "W02": "Held by S32: addresses are decoded once.",
    "W03": "Held by S32: one grammar of keys, nothing else is taken.",
    "W04": "Held by S17 and S32.",
    "W06": "Held by S17: every verb of every route against every role.",
    "W09": "Held by S18 on every sub-resource.",
    "W10": f"{NOT_THERE} no batch endpoint but imports, which are bounded in number and size (S33).",
    "W11": "Held by S17: there is no route without an entry in the table.",
    "W12": "Held by S18 and S19.",
    "W13": f"{NOT_THERE} no single sign-on.",
    "W14": f"{NOT_THERE} no stored provider connection.",
    "W16": "Held by S28: templates are text with three tags and run nothing.",
    "W18": f"{NOT_THERE} no call to a model provider.",
    "W21": f"{NOT_THERE} no registration; outgoing addresses are settings of the operator.",
    "W22": "Outgoing addresses are settings of the operator, no user can set one.",
    "W23": "Everything but sign-in, probes and the API's description asks for a person or token (S17); a demo is"
    " refused on any address but loopback.",
    "W28": "Held by S09, S33, S42 and S46, on the versions pinned in `pyproject.toml`.",
    "W29": "Held by S34.",
    "W30": "Held by S28 and S34: no configuration is run.",
    "W31": "A row without a finding.",
    "F18": f"{NOT_THERE} no stream yet; clients poll.",
    "F24": "Each notice carries the number of its message, the same on every attempt (F23).",
    "F28": f"{NOT_THERE} no metrics source yet.",
    "F29": f"{NOT_THERE} no automatic rollback yet.",
    "F30": f"{NOT_THERE} no automatic rollback yet.",
    "F31": "Held by the rules of rollback targets: never a marked version (`tests/domain/releases/test_rollback.py`).",
    "F32": f"{NOT_THERE} no automatic rollback; two people at once are told apart (F06).",
    "F33": "Measured by scripts, see `docs/performance.md`; the number of queries is counted by a test.",
    "F46": f"{NOT_THERE} no feedback ingest.",
}


def items() -> Iterator[tuple[str, str]]:
    """Yield (number, name) of every item."""
    for letter, names in (("S", ATTACKS), ("W", COMPARABLE), ("F", FAULTS)):
        for index, name in enumerate(names, start=1):
            yield f"{letter}{index:02d}", name


def tested() -> dict[str, list[str]]:
    """Return the test files that carry each number."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8")):
            for number in _NUMBER.findall(f"{name}_"):
                found[number].add(path.relative_to(TESTS.parent).as_posix())
    return {number: sorted(files) for number, files in found.items()}


def page() -> str:
    """Return the table: each item with its tests, or the reason why it has none."""
    files = tested()
    lines = [
        "# Attacks and faults",
        "",
        "S are attacks (after OWASP ASVS 5.0), W what went wrong in comparable products, F faults to survive.",
        "",
        "| item | what | test, or the reason why there is none |",
        "| --- | --- | --- |",
    ]
    for number, name in items():
        where = ", ".join(f"`{file}`" for file in files.get(number, ())) or REASONS.get(number, "MISSING")
        lines.append(f"| {number} | {name} | {where} |")
    return "\n".join(lines) + "\n"
