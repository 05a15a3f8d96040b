"""Who may read: the privileges on the publication before, given again on the new one."""

from collections.abc import Iterator

from pipelines.errors import PipelineError
from pipelines.postgresql.session import Session
from schemas.projection import quoted

_TO = """
    CASE WHEN held.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(held.grantee)) END
    || CASE WHEN held.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
"""
_ON_SCHEMA = f"""
    SELECT 'GRANT ' || held.privilege_type, {_TO}
    FROM pg_namespace AS schemas, aclexplode(schemas.nspacl) AS held
    WHERE schemas.nspname = $1 AND held.grantee <> schemas.nspowner
"""
_BY_DEFAULT = f"""
    SELECT 'GRANT ' || held.privilege_type, {_TO}
    FROM pg_default_acl AS given JOIN pg_namespace AS schemas ON schemas.oid = given.defaclnamespace, aclexplode(given.defaclacl) AS held
    WHERE schemas.nspname = $1 AND given.defaclobjtype = 'r' AND pg_get_userbyid(given.defaclrole) = current_user
      AND held.grantee <> given.defaclrole
"""
_ON_TABLES = f"""
    SELECT 'GRANT ' || held.privilege_type, tables.relname::text, {_TO}
    FROM pg_class AS tables JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace, aclexplode(tables.relacl) AS held
    WHERE schemas.nspname = $1 AND tables.relkind = 'r' AND held.grantee <> tables.relowner
    UNION ALL
    SELECT 'GRANT ' || held.privilege_type || ' (' || quote_ident(columns.attname) || ')', tables.relname::text, {_TO}
    FROM pg_class AS tables JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace
         JOIN pg_attribute AS columns ON columns.attrelid = tables.oid, aclexplode(columns.attacl) AS held
    WHERE schemas.nspname = $1 AND tables.relkind = 'r' AND held.grantee <> tables.relowner
"""
_WITH_POLICIES = """
    SELECT tables.relname::text FROM pg_class AS tables JOIN pg_namespace AS schemas ON schemas.oid = tables.relnamespace
    WHERE schemas.nspname = $1 AND tables.relrowsecurity
"""


def schema_grants(session: Session, before: str, new: str) -> Iterator[str]:
    """Statements for the new schema, to be run before it has tables: what holds for it, and what its tables get by themselves."""
    for grant, to in session.rows(_ON_SCHEMA, before):
        yield f"{grant} ON SCHEMA {quoted(new)} TO {to}"
    for grant, to in session.rows(_BY_DEFAULT, before):
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted(new)} {grant} ON TABLES TO {to}"


def table_grants(session: Session, before: str, new: str, tables: frozenset[str]) -> Iterator[str]:
    """Statements for the tables that both have; those on single columns too."""
    for grant, table, to in session.rows(_ON_TABLES, before):
        if table in tables:
            yield f"{grant} ON {quoted(new)}.{quoted(table)} TO {to}"


def refuse_policies(session: Session, schema: str) -> None:
    """Raise PipelineError where rows are hidden from some readers: a new table would show them."""
    if hidden := session.rows(_WITH_POLICIES, schema):
        raise PipelineError(
            f"publish.postgresql: {schema}.{hidden[0][0]} has row-level security, which new tables would not have; "
            "put it on views in another schema instead, and switch it off there."
        )
