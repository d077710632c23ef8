"""`python -m amis worker …` and `python -m amis beat`: Celery's two commands that run for ever.

Celery's own entrance imports all its commands, among them a shell with line editing and colours
that costs each process 12 MB; and it gives Beat every task, of which Beat needs the names alone.
"""

from __future__ import annotations

import click
from celery.app.utils import find_app
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.worker import worker


@click.group(commands=[worker, beat])
@click.pass_context
def start(context: click.Context) -> None:
    """Start a worker of one queue, or the clock."""
    app = find_app("amis.clock" if context.invoked_subcommand == beat.name else "amis.celery")
    context.obj = CLIContext(app=app, no_color=False, workdir=None)


if __name__ == "__main__":
    start(prog_name="python -m amis")
