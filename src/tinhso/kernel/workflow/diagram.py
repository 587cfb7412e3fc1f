"""A flow drawn from its table, as Mermaid text: README, docs and pages show the same picture."""

from __future__ import annotations

from tinhso.kernel.workflow.table import FlowTable


def as_mermaid(flow: FlowTable) -> str:
    """A state diagram; rows that differ only in their conditions are one arrow."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {title}" for state, title in flow.states.items()]
    for step in flow.steps:
        for source in step.source or ("[*]",):
            line = f"    {source} --> {step.target}: {step.name}"
            if line not in lines:
                lines.append(line)
    lines += [f"    {end} --> [*]" for end in flow.ends]
    return "\n".join(lines)
