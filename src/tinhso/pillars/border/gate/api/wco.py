"""What the WCO Data Model calls the fields of our API, told in its OpenAPI document (border brief 5.2).

General knowledge, recalled from public message guides: not copied from the licensed model, nor checked against it.
Its numbers are left out, for none is known for sure. A field that is in neither list has no decision yet: a test says
so.
"""

from __future__ import annotations

import re
from typing import Any

ITEM = "GovernmentAgencyGoodsItem"
NAMES = {
    "title": f"{ITEM}.Commodity.Description",
    "goods": f"{ITEM}.Commodity.Description",
    "hs6": f"{ITEM}.Commodity.Classification.ID",
    "origin": f"{ITEM}.Origin.CountryCode",
    "line": f"{ITEM}.SequenceNumeric",
    "LineOut.number": f"{ITEM}.SequenceNumeric",
    "gross_kg": f"{ITEM}.Commodity.GoodsMeasure.GrossMassMeasure",
    "LoadOut.kg": "Consignment.TotalGrossMassMeasure",
    "LoadOut.container": "TransportEquipment.ID",
    "MoreOut.beside_kg": f"{ITEM}.Commodity.GoodsMeasure.GrossMassMeasure",
    "CarriedIn.kg": f"{ITEM}.Commodity.GoodsMeasure.GrossMassMeasure",
    "RowIn.kg": f"{ITEM}.Commodity.GoodsMeasure.GrossMassMeasure",
    "net_kg": f"{ITEM}.Commodity.GoodsMeasure.NetNetWeightMeasure",
    "quantity": f"{ITEM}.Commodity.GoodsMeasure.TariffQuantity",
    "unit": f"{ITEM}.Commodity.GoodsMeasure.TariffQuantity, its unit code",
    "value": f"{ITEM}.Commodity.InvoiceLine.ItemChargeAmount",
    "currency": f"{ITEM}.Commodity.InvoiceLine.ItemChargeAmount, its currency code",
    "packages": f"{ITEM}.Packaging.QuantityQuantity",
    "package_kind": f"{ITEM}.Packaging.TypeCode",
    "certificate": f"{ITEM}.AdditionalDocument.ID",
    "certificate_no": f"{ITEM}.AdditionalDocument.ID",
    "un_number": f"{ITEM}.Commodity.DangerousGoods.UNDGID",
    "dangerous_un_no": f"{ITEM}.Commodity.DangerousGoods.UNDGID",
    "tax_code": "Exporter.ID on export, Importer.ID on import; our tax codes",
    "firm_name": "Exporter.Name on export, Importer.Name on import",
    "firm_phone": "Communication.ID",
    "regime": f"{ITEM}.GovernmentProcedure.CurrentCode; our codes",
    "customs_no": "Declaration.ID, given by customs",
    "contract": "AdditionalDocument.ID, of the contract",
    "contract_no": "AdditionalDocument.ID, of the contract",
    "tir": "AdditionalDocument.ID, of the TIR carnet",
    "tir_carnet_no": "AdditionalDocument.ID, of the TIR carnet",
    "ecmr": "Consignment.TransportContractDocument.ID",
    "ecmr_ref": "Consignment.TransportContractDocument.ID",
    "partner": "Consignee.Name on export, Consignor.Name on import",
    "partner_phone": "Communication.ID",
    "phone": "Communication.ID",
    "tractor": "BorderTransportMeans.ID",
    "tractor_plate": "BorderTransportMeans.ID",
    "vin": "BorderTransportMeans.ID",
    "temporary_plate": "BorderTransportMeans.ID",
    "plate": "BorderTransportMeans.ID",
    "giver_plate": "BorderTransportMeans.ID",
    "taker_plate": "BorderTransportMeans.ID",
    "vehicle_country": "BorderTransportMeans.RegistrationNationalityCode",
    "container_no": "TransportEquipment.ID",
    "second_container_no": "TransportEquipment.ID",
    "Container.number": "TransportEquipment.ID",
    "Second.number": "TransportEquipment.ID",
    "container_type": "TransportEquipment.CharacteristicCode",
    "second_container_type": "TransportEquipment.CharacteristicCode",
    "type": "TransportEquipment.CharacteristicCode",
    "seal_no": "TransportEquipment.Seal.ID",
    "second_seal_no": "TransportEquipment.Seal.ID",
    "seal": "TransportEquipment.Seal.ID",
    "seal_old": "TransportEquipment.Seal.ID",
    "seal_new": "TransportEquipment.Seal.ID",
}
"""By our name, or by schema and name where one name means two things; the lines of a row without their number."""
OURS = frozenset((
    "id", "code", "kind", "state", "state_title", "state_since", "version", "point", "yard", "bay", "trip",
    "area", "holding_area",
    "step", "source", "target", "at", "holds", "fee_state", "leg", "priority", "problems", "planned_on", "hour",
    "eta", "slot", "position", "minutes", "trailer", "trailer_plate", "driver", "second_driver", "driver_name",
    "paper_kind", "paper_no", "paper_until", "nationality", "licence_no", "licence_class", "licence_until",
    "supervisor", "note", "two_way", "channel", "puc", "phc", "growing_areas", "packing_houses", "temperature",
    "temperature_c", "reefer_temp", "giver", "taker", "kg", "partial", "sign", "loads", "lines", "balances",
    "tolerance_percent", "started_at", "yard_signed_at", "customs_signed_at", "declared_kg", "given_kg",
    "declared_packages", "given_packages", "weight", "share", "back", "container", "second_container", "qr",
    "confidence", "confirmed", "lane", "load_state", "reason_code", "ask_only", "steady", "tare_kg", "weighed_at",
    "sent_at", "event", "happened_at", "read_at", "photo_sha256", "items", "next", "other", "rows", "firm",
    "name", "drivers", "vehicles", "assignable", "asks_consent", "group", "document_no", "points", "goods_groups",
    "ended_at", "end_reason", "text_vi", "text_zh", "just_in_time", "second_paper_no",
    "mark", "free", "begins_at", "ends_at", "lat", "lon", "accuracy_m", "pings", "seen_at",
    "samples", "sampled_at", "finding", "result", "rule", "share_percent", "task", "number",
    "about", "record", "slot_taken",
    "vehicle", "carries", "call_expires_at", "call_kept", "named_at", "open", "disowned_at", "reason", "consent",
    "status", "way", "handover",
))  # fmt: skip
"""What the model has no name for, or none that is known for sure."""
NUMBERED = re.compile(r"_[1-3]$")


def name_of(schema: str, field: str) -> str:
    """The model's name of a field; empty for one of ours."""
    plain = NUMBERED.sub("", field)
    return NAMES.get(f"{schema}.{plain}") or NAMES.get(plain, "")


def is_decided(schema: str, field: str) -> bool:
    """Whether the field is named, or said to be ours."""
    return bool(name_of(schema, field)) or NUMBERED.sub("", field) in OURS


def named(schema: dict[str, Any]) -> None:
    """Put the names into a JSON schema (pydantic's `json_schema_extra`), behind what its fields say themselves."""
    for field, told in schema.get("properties", {}).items():
        if known := name_of(schema.get("title", ""), field):
            said = told.get("description", "")
            told["description"] = f"{said}. WCO Data Model: {known} (recalled)".removeprefix(". ")
