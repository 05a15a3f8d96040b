"""What figures of several tables are computed by: pure functions of plain numbers, of expressions and of frames."""
