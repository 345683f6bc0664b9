//! Numbered pages.

use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Params;

/// Far beyond any list, and small enough to be multiplied by a page's size.
const MAX_PAGE: i64 = 1_000_000_000;

/// Which page a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paging {
    /// Counts from 1.
    pub page: i64,
    pub limit: i64,
}

impl Paging {
    pub fn read(params: &Params, default: i64, max: i64) -> Self {
        Self { page: params.number("page", 1, 1, MAX_PAGE), limit: params.number("limit", default, 1, max) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "page": 1, "limit": 20, "total": 57, "totalCount": 57, "totalPages": 3, "hasMore": true
}))]
pub(crate) struct Pagination {
    page: i64,
    /// The size in use, which may be smaller than the one asked for.
    limit: i64,
    total: i64,
    /// The same as `total`, for clients that look for it under this name.
    total_count: i64,
    total_pages: i64,
    has_more: bool,
}

impl Pagination {
    pub fn new(paging: Paging, total: i64) -> Self {
        let Paging { page, limit } = paging;
        let total_pages = (total + limit - 1) / limit.max(1);
        Self { page, limit, total, total_count: total, total_pages, has_more: page < total_pages }
    }
}
