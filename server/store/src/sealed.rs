//! Where sealed texts are kept, so that all of them can be sealed anew when the key of the instance is replaced.

use crate::db::{Conn, on};
use crate::error::Result;

/// A column of sealed texts. Those that are needed for minutes only are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    ClientSecrets,
    TotpSecrets,
    Letters,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::ClientSecrets, Self::TotpSecrets, Self::Letters];

    /// Table, primary key and column.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ClientSecrets => ("oauth_providers", "id", "client_secret"),
            Self::TotpSecrets => ("totp_secrets", "user_id", "secret"),
            Self::Letters => ("letters", "id", "body"),
        }
    }
}

/// Every sealed text of a place, with the key of its row.
pub async fn list(conn: Conn<'_>, place: Place) -> Result<Vec<(String, String)>> {
    let (table, key, column) = place.names();
    // Made of constants.
    let sql =
        format!("SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL AND {column} <> '' ORDER BY {key}");
    Ok(on!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await)?)
}

/// Puts another text in the place of one, unless that was replaced meanwhile.
pub async fn replace(conn: Conn<'_>, place: Place, row: &str, old: &str, new: &str) -> Result<()> {
    let (table, key, column) = place.names();
    // Made of constants.
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
    on!(conn, |c| {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(new).bind(row).bind(old);
        query.execute(c).await.map(|_| ())
    })?;
    Ok(())
}
