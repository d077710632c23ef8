"""A report on paper: from content that is plain values to HTML, PDF, XLSX and CSV."""
