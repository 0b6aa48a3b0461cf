"""The database: one set of SQLAlchemy Core tables and one file a store. SQLite now; the SQL is kept to what PostgreSQL
speaks too. Rules: one writer at a time, `BEGIN IMMEDIATE`, WAL and `synchronous=FULL`, checked at every start.
"""
