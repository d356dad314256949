"""First texts for new artifacts, by kind."""

from __future__ import annotations

PROMPT = """kind: prompt
# description: What it is for, in one line. Everybody reads it.
variables:
  question:
    type: string
    required: true
    description: What the person asked
    example: How do I change my address?
messages:
  - role: system
    content: |
      You answer in one short paragraph.
  - role: user
    content: "{{question}}"
"""
MODEL = """kind: model
# description: What it is good at, in one line. Everybody reads it.
provider: openai
name: gpt-5-mini
params:
  temperature: 0.2
"""
SNIPPET = """kind: snippet
# description: What it adds to a prompt, in one line. Everybody reads it.
text: |
  Write plainly.
"""
SKELETONS = {"prompt": PROMPT, "model": MODEL, "snippet": SNIPPET}
