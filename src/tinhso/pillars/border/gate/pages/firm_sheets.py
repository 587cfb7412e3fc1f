"""Declare from a spreadsheet: template, file, what is wrong with which row, and the good rows kept."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import sheets
from tinhso.pillars.border.gate.actions.sheet_files import LARGEST
from tinhso.pillars.border.gate.models import DeclarationSheet, Enterprise
from tinhso.pillars.border.gate.pages import sheet_books
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import sheets as queries
from tinhso.pillars.border.gate.rules.sheets import MOST_ROWS

SUBMIT = step_permission("submit")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def upload(request: Request) -> HttpResponse:
    """Choose a file; what is wrong with the file as a whole is told here."""
    firm = firm_of(request)
    refused = ""
    if request.method == "POST":
        try:
            return redirect("border_gate:firm_sheet", _taken(request, firm).pk)
        except Refusal as refusal:
            refused = f"{refusal.for_people()} ({refusal.code})"
    found = queries.sheets_of(firm)
    context = {"firm": firm, "sheets": found, "refused": refused, "most": MOST_ROWS, "now": "declare"}
    return render(request, "border_gate/firm_sheets.html", context, status=422 if refused else 200)


@never_cache
@require_safe
@needs(SUBMIT)
def template(request: Request) -> FileResponse:
    """The workbook to fill in."""
    return sheet_books.template(at=request.moment)


@never_cache
@require_safe
@needs(SUBMIT)
def sheet(request: Request, sheet_id: UUID) -> HttpResponse:
    """What stands in a file: how many rows are good, and each error by row and column."""
    firm = firm_of(request)
    one = _own(sheet_id, firm)
    seen = queries.seen(one, rows=sheets.rows_kept(one), language=sheet_books.language())
    return render(request, "border_gate/firm_sheet.html", {"firm": firm, "sheet": one, "seen": seen, "now": "declare"})


@require_POST
@needs(SUBMIT)
def keep(request: Request, sheet_id: UUID) -> HttpResponse:
    """Declare the good rows."""
    one = _own(sheet_id, firm_of(request))
    try:
        made = sheets.keep_sheet(sheet=one, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        count = len(made.trips)
        said = ngettext("%(count)s declaration sent", "%(count)s declarations sent", count)
        messages.info(request, said % {"count": count})
    return redirect("border_gate:firm_sheet", one.pk)


@require_POST
@needs(SUBMIT)
def drop(request: Request, sheet_id: UUID) -> HttpResponse:
    """Keep nothing more of the file."""
    sheets.drop_sheet(sheet=_own(sheet_id, firm_of(request)), by=request.actor, at=request.moment)
    messages.info(request, _("File dropped"))
    return redirect("border_gate:firm_sheets")


@never_cache
@require_safe
@needs(SUBMIT)
def wrong_rows(request: Request, sheet_id: UUID) -> FileResponse:
    """The rows to be mended, as a workbook."""
    one = _own(sheet_id, firm_of(request))
    return sheet_books.wrong_rows(sheets.rows_kept(one), queries.problems_of(one))


def _taken(request: Request, firm: Enterprise) -> DeclarationSheet:
    """The file that was sent, never more of it than is taken."""
    file = request.FILES.get("file")
    content = file.read(LARGEST + 1) if isinstance(file, UploadedFile) else b""
    name = str(file.name) if isinstance(file, UploadedFile) else ""
    return sheets.take_sheet(firm=firm, content=content, name=name, by=request.actor, at=request.moment)


def _own(sheet_id: UUID, firm: Enterprise) -> DeclarationSheet:
    found = queries.sheets_of(firm).filter(pk=sheet_id).first()
    if found is None:
        raise NotFound
    return found
