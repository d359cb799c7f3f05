"""What the programs of others say of FOCUS exports.

Run as `focus_check.py validate DIRECTORY...` or `focus_check.py parquet DIRECTORY...`. A directory
holds `cost_and_usage`, `contract_commitment` and `invoice_detail`, each as `.csv` and `.parquet`.
Prints a line of JSON for each directory.

`validate` asks two programs. `focus-data-toolkit` has the data model of FOCUS 1.4 and checks each
dataset by it, and the datasets against each other, to the last decimal. `focus-validator`, of the
FinOps Foundation, has the rules of FOCUS 1.2; it is shown Cost and Usage as that version names it.

`parquet` reads the files with DuckDB and compares them with the CSV files, cell by cell.
"""

import contextlib
import csv
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import sys
import tempfile
from datetime import timezone
from decimal import Decimal
from pathlib import Path

DATASETS = {
    "cost_and_usage": "Cost and Usage",
    "contract_commitment": "Contract Commitment",
    "invoice_detail": "Invoice Detail",
}

# What FOCUS 1.2 asks for only where a provider does such things, and this one does.
CRITERIA = (
    "ACCOUNT_NAMING_SUPPORTED,COMMITMENT_DISCOUNT_SUPPORTED,MULTIPLE_PRICING_CATEGORIES_SUPPORTED,"
    "MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED,MULTIPLE_BILLING_ACCOUNT_TYPES_SUPPORTED,"
    "NEGOTIATED_PRICING_SUPPORTED,USAGE_MEASUREMENT_SUPPORTED,UNIT_PRICING_SUPPORTED,"
    "SUB_ACCOUNT_SUPPORTED,BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED,"
    "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED,REGION_SUPPORTED,TAGGING_SUPPORTED"
)

# Columns that FOCUS 1.2 does not have; the first two have its names for the provider instead.
SINCE_1_2 = ("ServiceProviderName", "HostProviderName", "InvoiceDetailId", "ContractApplied")
BEFORE_1_4 = ("ProviderName", "PublisherName")


def rows_of(directory, name):
    with open(directory / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_1_4(directory):
    """Faults by the data model of FOCUS 1.4."""
    from focus_data_toolkit.model.validator import lint_focus_1_4_structure
    from focus_data_toolkit.validate.bundle import validate_dataset_bundle
    from focus_data_toolkit.validate.reconciliation import reconcile_invoice_detail

    tables = {DATASETS[name]: rows_of(directory, name) for name in DATASETS}
    supported = ("SupportsMultiplePricingCategories", "SupportsUnitPricing")
    faults = []
    for dataset, rows in tables.items():
        report = lint_focus_1_4_structure(dataset, rows, supported_conditions=supported)
        faults += [f"{dataset}: {message}" for message in report.messages()]
    bundle = validate_dataset_bundle(tables)
    faults += [str(d) for d in bundle.diagnostics if d.severity.name in ("ERROR", "WARNING")]
    faults += [
        str(d)
        for d in reconcile_invoice_detail(
            tables["Cost and Usage"], tables["Invoice Detail"], tolerance=Decimal(0)
        )
    ]
    return faults


class _For311(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets focus-validator, which asks for Python 3.12, run on 3.11.

    One expression of it has a backslash inside an f-string, which 3.11 cannot read; it is read as
    what it means.
    """

    NAME = "focus_validator.config_objects.focus_to_duckdb_converter"
    SAYS = r"""k.replace('\"', '\"\"')"""
    MEANS = "_doubled(k)"

    def find_spec(self, name, path, target=None):
        if name != self.NAME:
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path)
        return importlib.util.spec_from_file_location(name, found.origin, loader=self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        source = Path(module.__spec__.origin).read_text(encoding="utf-8")
        module.__dict__["_doubled"] = lambda text: text.replace('"', '""')
        code = compile(source.replace(self.SAYS, self.MEANS), module.__spec__.origin, "exec")
        exec(code, module.__dict__)


def as_1_2(source, target):
    """Cost and Usage with the columns that FOCUS 1.2 knows, under its names, with their types."""
    import duckdb

    names = ", ".join(f'ServiceProviderName AS "{name}"' for name in BEFORE_1_4)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * EXCLUDE ({', '.join(SINCE_1_2)}), {names}"
            f" FROM read_parquet('{source}')) TO '{target}' (FORMAT parquet)"
        )


def by_1_2(directory):
    """What the rules of FOCUS 1.2 say: how many passed, which failed with how many violations."""
    if sys.version_info < (3, 12):
        sys.meta_path.insert(0, _For311())
    import focus_validator.main

    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "cost_and_usage.parquet"
        as_1_2(directory / "cost_and_usage.parquet", data)
        arguments = ["focus-validator", "--data-file", str(data), "--validate-version", "1.2.0.1"]
        arguments += ["--block-download", "--applicability-criteria", CRITERIA]
        printed = run_there(focus_validator.main.main, arguments)
    failed = dict(re.findall(r"^- (\S+): violations=(\d+)", printed, re.MULTILINE))
    passed = re.search(r"Total: \d+ \| Pass: (\d+) \| Fail: (\d+)", printed)
    if not passed or int(passed[2]) != len(failed):
        raise SystemExit(f"focus-validator did not finish:\n{printed[-2000:]}")
    # A rule that only sums up others fails with them.
    summed = set(re.findall(r"^- (\S+): .*: AND failed - failed child rules", printed, re.M))
    failed = {rule: int(count) for rule, count in failed.items() if rule not in summed}
    return {"passed": int(passed[1]), "failed": failed}


def run_there(run, arguments):
    """Runs a program where it lies, since it reads its own files by a relative path."""
    import focus_validator

    printed, before = io.StringIO(), (sys.argv, os.getcwd())
    os.chdir(Path(focus_validator.__file__).parent.parent)
    sys.argv = arguments
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            run()
    except SystemExit:
        pass
    finally:
        sys.argv = before[0]
        os.chdir(before[1])
    return printed.getvalue()


def by_text(directory):
    """Rules of 1.2 whose form for machines says something else than their text, by their text."""
    faults = []
    for number, row in enumerate(rows_of(directory, "cost_and_usage"), 1):
        use = row["ChargeCategory"] == "Usage"
        used = use and row["CommitmentDiscountStatus"] != "Unused"
        if used and row["ChargeClass"] != "Correction" and not row["ConsumedQuantity"]:
            faults.append(f"ConsumedQuantity-C-006-C: row {number}")
        if use and row["CommitmentDiscountId"] and not row["CommitmentDiscountStatus"]:
            faults.append(f"CommitmentDiscountStatus-C-004-C: row {number}")
    return faults


def told(value):
    """A value of Parquet as CSV says it; decimals by their value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "astimezone"):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value if isinstance(value, Decimal) else str(value)


def parquet(directory):
    import duckdb

    compared = {}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in DATASETS:
            written = rows_of(directory, name)
            path = directory / f"{name}.parquet"
            read = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            columns = [column[0] for column in read.description]
            types = {column[0]: str(column[1]) for column in read.description}
            rows = read.fetchall()
            if len(rows) != len(written) or columns != list(written[0]):
                raise SystemExit(f"{name}: other rows or columns than the CSV file")
            for number, (row, expected) in enumerate(zip(rows, written), 1):
                for column, value in zip(columns, row):
                    said, text = told(value), expected[column]
                    same = Decimal(text) == said if isinstance(said, Decimal) else said == text
                    if not same:
                        raise SystemExit(f"{name}, row {number}, {column}: {said} and {text}")
            compared[name] = {"rows": len(rows), "types": types}
    return compared


def main():
    what, *directories = sys.argv[1:]
    for directory in map(Path, directories):
        if what == "parquet":
            print(json.dumps(parquet(directory)))
        else:
            print(
                json.dumps(
                    {
                        "by_1_4": by_1_4(directory),
                        "by_1_2": by_1_2(directory),
                        "by_text": by_text(directory),
                    }
                )
            )


main()
