"""`koans ask`: a request for the teacher's help."""

from jax_koans.course.path import Workspace
from jax_koans.folder import help_request
from jax_koans.folder.membership import is_member, tell_class
from jax_koans.i18n import _


def ask(workspace: Workspace, koan: str) -> str:
    """Ask for help with a koan; where that is asked for already, no more. Returns what to tell."""
    if help_request.asked(workspace)[0] == koan:
        help_request.withdraw(workspace)
        told = _("You do not ask for help any more.")
    else:
        help_request.ask(workspace, koan)
        told = _("Your teacher sees that you ask for help with {koan}.")
        if not is_member(workspace):
            told = _(
                "Whoever runs koans class on this folder sees that you ask for help with {koan}."
            )
    tell_class(workspace)
    return told.format(koan=koan)
