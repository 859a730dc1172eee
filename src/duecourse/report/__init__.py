"""What people read: outlines, pictures, tables and pages. Values in, text out."""
