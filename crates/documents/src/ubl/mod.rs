//! Invoices and credit notes as UBL 2.1 documents that follow EN 16931 and Peppol BIS Billing 3.
