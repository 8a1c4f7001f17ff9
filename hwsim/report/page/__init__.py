"""The report of an export as one page: HTML, Markdown, or a record for JSON."""
