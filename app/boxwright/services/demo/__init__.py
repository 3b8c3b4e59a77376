"""Demo project made from nothing: pictures of machine parts, true boxes, a starter detector."""

from boxwright.services.demo.project import demo_folder, make_demo

__all__ = ["demo_folder", "make_demo"]
