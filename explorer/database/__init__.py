"""How a database is opened, brought to the newest schema, and used in transactions; the tables are the stores' own."""
