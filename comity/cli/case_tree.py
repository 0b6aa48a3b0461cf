"""`comity case`: its commands, put together from the modules that each have some of them."""

from comity.cli import (
    case_answers,
    case_emergency,
    case_notice,
    case_onward,
    case_orders,
    case_rights,
    case_secrecy,
    case_view,
    disclosure_pack,
    export_case,
)
from comity.cli.case import app

for more in (
    *(case_answers.app, case_emergency.app, case_notice.app, case_onward.app, case_orders.app, case_rights.app),
    *(case_secrecy.app, case_view.app),
):
    app.add_typer(more)  # without a name: commands of "case" too
app.command("export")(export_case.export)
app.command("disclosure-pack")(disclosure_pack.disclosure_pack)
