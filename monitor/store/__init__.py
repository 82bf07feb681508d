"""All the SQL there is: schema, the one writer, the readers, search and rollups over one SQLite file."""
