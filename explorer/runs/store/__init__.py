"""The database of trainings: its schema, the records and the queue of waiting work. The only place with SQL."""
