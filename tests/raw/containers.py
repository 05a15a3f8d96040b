"""Tables in the containers that are no text, made for tests: a workbook as a spreadsheet packs it, a Parquet file."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
from pyarrow import parquet

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def text_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def sheet(*rows: str) -> str:
    """A sheet of rows of cells, each written out in XML."""
    return f"<worksheet {MAIN}><sheetData>{''.join(f'<row>{row}</row>' for row in rows)}</sheetData></worksheet>"


def workbook(
    *sheets: str, names: Sequence[str] = ("Data", "More"), strings: str = "", styles: str = "", properties: str = "", **parts: str | bytes
) -> bytes:
    """A workbook of these sheets; ``parts`` replace or add parts of the archive."""
    count = range(1, len(sheets) + 1)
    links = "".join(f'<Relationship Id="r{place}" Type="{KIND}/worksheet" Target="worksheets/sheet{place}.xml"/>' for place in count)
    links += f'<Relationship Id="s" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    links += f'<Relationship Id="f" Type="{KIND}/styles" Target="styles.xml"/>'
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{place}" r:id="r{place}"/>' for place, name in zip(count, names, strict=False))
    content: dict[str, str | bytes] = {
        "xl/workbook.xml": f"<workbook {MAIN} {LINKS}>{properties}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
        **{f"xl/worksheets/sheet{place}.xml": xml for place, xml in zip(count, sheets, strict=True)},
        **parts,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return packed.getvalue()


def texts_workbook(*rows: Sequence[str]) -> bytes:
    """A workbook of texts alone."""
    return workbook(sheet(*("".join(map(text_cell, row)) for row in rows)))


def parquet_file(columns: Mapping[str, Any], **options: Any) -> bytes:
    """A Parquet file of these columns: Arrow arrays, or lists of values."""
    packed = io.BytesIO()
    parquet.write_table(pa.table(dict(columns)), packed, **options)
    return packed.getvalue()
