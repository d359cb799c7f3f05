"""Checks PDF documents with what others wrote.

    pdf_check.py FILE...

Prints a line of JSON for each file: {"document", "faults", "facts"}.

- qpdf, by pikepdf: syntax, streams and cross references
- pdfua: the rules of PDF/UA-1 that it knows; "UA-14-001" it cannot evaluate, so headings are
  looked at here
- here, over pikepdf and Pillow: what PDF/A-2a asks for and neither of them looks at. Every typeface
  is embedded and says its characters; the colour profile can be read; the metadata say the same
  twice; every piece of content is reached from the tree of tags and finds its way back
"""

import json
import sys
from io import BytesIO

import pikepdf
from PIL import ImageCms
from pdfua.validator import Validator

KNOWN_SKIPS = {"UA-14-001"}


def typefaces(pdf):
    """Faults of the typefaces of all pages."""
    for page in pdf.pages:
        for name, font in page.Resources.Font.items():
            cid = font.DescendantFonts[0]
            if "/FontFile2" not in cid.FontDescriptor:
                yield f"typeface {name} is not embedded"
            if "/ToUnicode" not in font:
                yield f"typeface {name} does not say its characters"
            if cid.CIDToGIDMap != "/Identity":
                yield f"typeface {name} has no map from codes to glyphs"
            if "+" not in str(font.BaseFont):
                yield f"typeface {name} is not a subset"


def colours(pdf):
    """Faults of the colour space of the document."""
    intent = pdf.Root.OutputIntents[0]
    profile = ImageCms.ImageCmsProfile(BytesIO(bytes(intent.DestOutputProfile.read_bytes())))
    if profile.profile.xcolor_space.strip() != "RGB":
        yield f"the colour profile is of {profile.profile.xcolor_space}"
    if ImageCms.getProfileDescription(profile).strip() != "sRGB":
        yield "the colour profile has no name"


def metadata(pdf):
    """Faults of what the file says of itself."""
    with pdf.open_metadata() as xmp:
        if xmp.pdfa_status != "2A":
            yield f"PDF/A status {xmp.pdfa_status!r}"
        pairs = [
            ("/Title", "dc:title"),
            ("/Subject", "dc:description"),
            ("/Creator", "xmp:CreatorTool"),
            ("/Producer", "pdf:Producer"),
        ]
        for key, name in pairs:
            if str(pdf.docinfo[key]) != str(xmp[name]):
                yield f"{key} is {pdf.docinfo[key]!s}, {name} is {xmp[name]}"
        if [str(pdf.docinfo["/Author"])] != list(xmp["dc:creator"]):
            yield "/Author and dc:creator differ"
        created = xmp["xmp:CreateDate"].replace("-", "").replace("T", "").replace(":", "")
        if str(pdf.docinfo["/CreationDate"])[2:16] != created[:14]:
            yield "the dates of creation differ"


def tags(pdf):
    """Faults of the tree of tags: both ways, and the order of headings."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    pages = {page.objgen: page for page in pdf.pages}
    reached, headings = set(), []

    def walk(element):
        role = str(element.S)
        if role in ("/H1", "/H2", "/H3"):
            headings.append(int(role[2]))
        for kid in element.get("/K", []):
            if "/MCID" in kid:
                key = int(pages[kid.Pg.objgen].StructParents)
                reached.add((key, int(kid.MCID)))
                if parents[key][int(kid.MCID)].objgen != element.objgen:
                    yield f"content {kid.MCID} of page {key} does not find its way back"
            else:
                yield from walk(kid)

    for root in pdf.Root.StructTreeRoot.K:
        yield from walk(root)
    for page in pdf.pages:
        key = int(page.StructParents)
        marked = set()
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "BDC" and "/MCID" in operands[1]:
                marked.add((key, int(operands[1].MCID)))
        if marked != {pair for pair in reached if pair[0] == key}:
            yield f"page {key}: content and tags differ"
    if headings[:1] != [1] or any(b - a > 1 for a, b in zip(headings, headings[1:])):
        yield f"headings out of order: {headings}"


def main():
    """Checks each file that is named."""
    for name in sys.argv[1:]:
        with pikepdf.open(name) as pdf:
            faults = [f"qpdf: {fault}" for fault in pdf.check_pdf_syntax()]
            for part in (typefaces, colours, metadata, tags):
                faults += [f"{part.__name__}: {fault}" for fault in part(pdf)]
            facts = {"pages": len(pdf.pages)}
        report = Validator().validate(name)
        faults += [f"pdfua: {finding}" for finding in report.findings]
        skipped = {outcome.rule_id for outcome in report.skipped} - KNOWN_SKIPS
        faults += [f"pdfua: did not evaluate {rule}" for rule in sorted(skipped)]
        print(json.dumps({"document": name, "faults": faults, "facts": facts}))


if __name__ == "__main__":
    main()
