"""Names of `comity.web.request_form`, for modules that still ask for them here."""

# ruff: noqa: PLC0414
from comity.web.request_form.building import read_mended as read_mended
from comity.web.request_form.field import Choice as Choice
from comity.web.request_form.field import Field as Field
from comity.web.request_form.filling import PRESERVE_DAYS as PRESERVE_DAYS
from comity.web.request_form.filling import fields_of as fields_of
from comity.web.request_form.groups import GUIDED as GUIDED
from comity.web.request_form.groups import URGENT as URGENT
from comity.web.request_form.reading import read_day as read_day
