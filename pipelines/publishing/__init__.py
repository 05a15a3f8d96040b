"""From the warehouse to the files that BI tools read: what changed, the database, the Parquet files, and swapping both in."""
