"""`completion`: what a shell needs to complete our words."""

import sys

import click

from supervisor.shell.elsewhere import COMPLETE_VARIABLE

_WHERE = {
    "bash": 'eval "$(herdsman completion bash)"      # in ~/.bashrc',
    "zsh": 'eval "$(herdsman completion zsh)"       # in ~/.zshrc, after compinit',
    "fish": "herdsman completion fish > ~/.config/fish/completions/herdsman.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_WHERE)))
@click.option(
    "--command", default="herdsman", show_default=True, help="What our command is called, where it is not that."
)
@click.pass_context
def completion(context: click.Context, shell: str, command: str) -> None:
    """Print what SHELL needs to complete verbs, options, pools, programs and queues."""
    from click.shell_completion import ShellComplete, get_completion_class

    found = get_completion_class(shell)
    if found is None:  # click knows these three since it knows any
        raise click.UsageError(f"nothing is known of {shell}")
    made = found(context.find_root().command, {}, command, COMPLETE_VARIABLE)
    click.echo(ShellComplete.source(made).strip())  # not bash's own: that starts a bash, to look at its version
    if sys.stdout.isatty():  # not where a shell takes it in at each start
        click.echo(f"\n# {_WHERE[shell]}", err=True)
