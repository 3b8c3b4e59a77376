"""Decoders of output layouts: one module a layout, or a family of them, and what they share."""
