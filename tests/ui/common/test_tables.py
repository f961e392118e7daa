"""Tables on the page: in Arrow, which is kept for equal tables."""

import pyarrow as pa

from explorer.outputs.tables.table import Table
from explorer.ui.common.tables import arrow_of


def test_an_equal_table_is_kept_and_one_of_other_types_is_not() -> None:
    counts, shares = (Table("", ("x",), ("x",), ((one,),)) for one in (1, 1.0))
    assert counts == shares
    assert arrow_of(counts) is arrow_of(Table("", ("x",), ("x",), ((1,),)))
    assert arrow_of(counts).schema.field("x").type == pa.int64()
    assert arrow_of(shares).schema.field("x").type == pa.float64()
