"""The board: an append-only ledger of records, standings as a pure function of them, published files."""
